"""Personal data is unreadable from its first row: planted names, numbers and addresses are in no file of the data folder,
neither in the stores and their logs of writes (WAL), nor in journals, logs, outbox and e-mails."""

import json

from test_people import Person, find

PLANTED = ["Sumartinah", "Wongsodikoro", "081277315501", "+6281277315501", "Jalan Melati Ungu 77", "3506017001480003",
           "planted@example.org", "Kebo Landoh"]
TEXT = ("Ibu Sumartinah Wongsodikoro (NIK 3506017001480003, telp 081277315501) di Jalan Melati Ungu 77, Papar Kediri, dipukuli "
        "suaminya Kebo Landoh dan tidak berani pulang. Umur 34 tahun, perempuan. Hubungi planted@example.org.")


def places(site, needles):
    found = []
    for path in sorted(site.data.rglob("*")):
        if not path.is_file() or path.is_socket():
            continue
        content = path.read_bytes()
        for needle in needles:
            for form in (needle.encode(), needle.lower().encode(), needle.encode("utf-16-le")):
                if form in content:
                    found.append((str(path.relative_to(site.data)), needle))
    return found


def test_nothing_planted_is_readable(fresh):
    site = fresh()
    tickets = []
    for i, change in enumerate(({}, {"urgent": True}, {"lat": -7.7, "lon": 112.1})):
        answer = site.post({"source": "whatsapp", "external_id": "Sumartinah-81277315501-%d" % i, "text": f"{TEXT} ({i})",
                            "reporter": {"channel": "whatsapp", "address": "+6281277315501", "may_contact": True}, **change})
        assert answer.status == 202, answer
        tickets.append(answer.json["ticket"])
    site.post({"source": "test", "text": "Min, ada yang kasihan di rumah Sumartinah, mohon dilihat ya."})
    site.post({"source": "test", "text": "Mau tanya, PKH atas nama Sumartinah Wongsodikoro kok belum cair?"})
    site.idle()
    assert all(site.trace(ticket)["deliveries"] for ticket in tickets)
    site.views.view("casework", case_file={"case_id": case_id(site, tickets[0]), "narrative": True})  # reading leaves no copy
    site.idle()
    backup = site.data / "backup"
    site.ctl("backup", str(backup))
    assert backup.is_dir() and places(site, PLANTED) == []
    site.stop()
    assert places(site, PLANTED) == [], "left in a file after the end"


def test_what_people_write_is_not_readable(fresh):
    """Reasons and outcomes of commands may name somebody: refusing an offer, finishing and cancelling a task, a review."""
    site = fresh()
    person = Person(site, "koordinator", "coordinator", "KOR", "*")
    ticket = site.report(TEXT)
    unclear = site.report("Pak, itu yang di rumah pojok dekat kali kasihan sekali, mohon dilihat ya.")
    site.idle()
    case = site.trace(ticket)["case"]["id"]
    first, second = next(find(person.get(f"/api/cases/{case}").json, "tasks"))[:2]
    review = site.trace(unclear)["report"]["id"]
    answers = [
        person.post(f"/api/tasks/{first['id']}/done",
                    {"case_id": case, "outcome": "Sumartinah sudah aman", "reason": "ditemui Kebo Landoh"}),
        person.post(f"/api/tasks/{second['id']}/cancel", {"case_id": case, "reason": "Wongsodikoro pindah"}),
        person.post(f"/api/reviews/{review}/decide", {"open_case": False, "reason": "Sumartinah bercanda"}),
        person.post(f"/api/cases/{case}/close", {"outcome": "handled", "reason": "Sumartinah pulang"})]
    assert all(answer.status in (200, 202) for answer in answers), answers
    site.idle()
    told = json.dumps(site.views.view("casework", actor=actor("coordinator", "PPA"),
                                      case_file={"case_id": case_id(site, ticket), "narrative": True})[1])
    assert "Sumartinah sudah aman" in told and "ditemui Kebo Landoh" in told, "who may read it, can"
    site.stop()
    assert places(site, PLANTED) == []


def case_id(site, ticket):
    import sigap

    return sigap.id_bytes(site.trace(ticket)["case"]["id"])


def test_a_search_that_can_find(fresh):
    """The search above is able to find: what is not personal is there in the clear."""
    site = fresh()
    site.report(TEXT)
    site.idle()
    assert any("store.db" in path for path, _ in places(site, ["kdrt"]))


def test_tickets_and_tokens_are_not_kept(fresh):
    """A thief of the data folder can neither quote a ticket nor send as a bot."""
    site = fresh()
    ticket = site.report(TEXT)
    site.idle()
    random_part = ticket.replace("-", "")
    assert places(site, [ticket, random_part, site.token, site.token[6:]]) == []


def test_narrative_only_with_the_right_and_audited(fresh):
    """A case of violence: without the right no narrative, with it the narrative and a line in the audit."""
    site = fresh()
    ticket = site.report(TEXT)
    site.idle()
    case = case_id(site, ticket)
    assert not speaks(site.views.view("casework", actor=actor("auditor"), case_file={"case_id": case, "narrative": True}))
    assert not speaks(site.views.view("casework", actor=actor("administrator"), case_file={"case_id": case, "narrative": True}))
    audit = len(site.views.view("casework", list={"name": "audit"})[1])
    assert speaks(site.views.view("casework", actor=actor("coordinator", "PPA"), case_file={"case_id": case, "narrative": True}))
    after = site.views.view("casework", list={"name": "audit"})[1]
    assert len(after) > audit and all(entry["sound"] for entry in after)


def actor(*roles):
    return {"account": "test", "roles": list(roles), "areas": ["*"]}


def speaks(answer):
    return answer[0] == 200 and "Sumartinah" in json.dumps(answer[1])
