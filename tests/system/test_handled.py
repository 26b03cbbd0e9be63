"""Whoever handles a case is the right one, and knows what is new: it lies elsewhere, its institution is accused, its reporter writes."""

import json
import re

import pytest
from sigap import wait_for
from test_people import Person

ARMED = "ODGJ membawa golok mengejar warga di Pasar Sumbermanjing Malang"
BEATEN = "Anak umur 9 tahun dipukuli bapaknya sampai telinganya berdarah di Kota Batu, rumahnya tidak aman, tolong tempat aman"


@pytest.fixture(scope="module")
def coordinator(site):
    return Person(site, "penata", "operator,coordinator", "OPR,KOR", "*")


def case_of(site, text):
    ticket = site.report(text, urgent=True)
    site.idle()
    return ticket, site.trace(ticket)["case"]["id"]


def alerts(person, case):
    return [one for one in person.get(f"/api/cases/{case}").json["notifier"]["alerts"] if one["subject"] == "case"]


def told(site, team, case, words):
    """Messages in the team's box about the case with these words."""
    box = "".join(path.read_text() for path in sorted((site.data / "outbox" / team).glob("*.txt")))
    return sum(case in one and words in one for one in re.split(r"(?m)^===.*$", box))


def test_a_case_that_lies_elsewhere(site, coordinator):
    _, case = case_of(site, ARMED)
    there = Person(site, "tksk.malang", "responder", "TKSK", "35.07")
    assert there.post(f"/api/alerts/{alerts(coordinator, case)[-1]['id']}/accept").status == 200
    site.idle()
    before = len(alerts(coordinator, case))
    moved = coordinator.post(f"/api/cases/{case}/change", {"area": "35.05.10", "reason": "pelapor membetulkan tempat"})
    assert moved.status == 200, moved
    site.idle()
    now = alerts(coordinator, case)
    assert len(now) == before + 1 and now[-1]["state"] == "open" and now[-2]["state"] == "stood-down", now
    assert told(site, "tksk-3507", case, "serahkan kepada tksk-3505") == 1
    assert told(site, "tksk-3505", case, "masih dipegang tksk-3507") == 1
    assert there.post(f"/api/alerts/{now[-1]['id']}/accept").status == 403
    here = Person(site, "tksk.blitar", "responder", "TKSK", "35.05")
    assert here.post(f"/api/alerts/{now[-1]['id']}/accept").status == 200
    assert alerts(coordinator, case)[-1]["state"] == "answered"


def test_an_institution_accused_after_it_accepted(site, coordinator):
    ticket, case = case_of(site, BEATEN)
    for _ in range(2):  # the first that is asked, and whoever is asked after it
        offer = next(one for one in site.trace(ticket)["offers"] if one["state"] in ("requested", "received"))
        facility = offer["facility"]
        staff = Person(site, "staf." + facility.lower().replace("-", "."), "facility", "UPT", "-", facility)
        own = staff.get(f"/api/cases/{case}").json["router"]["offers"][0]
        assert staff.post(f"/api/offers/{own['id']}/accept").status == 200
        site.idle()
        assert staff.get(f"/api/cases/{case}").status == 200
        told_kor = told(site, "kor", case, "tempatnya ditarik")
        fact = {"name": "conflict_facility", "value": facility}
        assert coordinator.post(f"/api/cases/{case}/facts", fact).status == 200
        site.idle()
        state = {one["facility"]: one["state"] for one in site.trace(ticket)["offers"]}
        assert state.pop(facility) == "cancelled", state
        left = staff.get(f"/api/cases/{case}")
        assert left.status in (403, 404), left
        assert "conflict" not in json.dumps(staff.get("/api/offers?limit=100").json)
        assert told(site, "fas-" + facility.lower(), case, "dialihkan oleh koordinator") == 1
        assert told(site, "fas-" + facility.lower(), case, "onflik") == told(site, "fas-" + facility.lower(), case, "onfirmasi") == 0
        assert told(site, "kor", case, "tempatnya ditarik") > told_kor
        if not any(one in ("requested", "received") for one in state.values()):
            break


def test_a_reporter_writes_again(site, coordinator):
    ticket, case = case_of(site, ARMED.replace("Sumbermanjing", "Kepanjen"))
    taker = Person(site, "tksk.kepanjen", "responder", "TKSK", "35.07")
    assert taker.post(f"/api/alerts/{alerts(coordinator, case)[-1]['id']}/accept").status == 200
    for text in ("Sudah selesai, orangnya sudah dibawa keluarganya", "Terima kasih banyak"):
        sent = site.http("POST", f"/v1/reports/{ticket}/messages", json.dumps({"text": text}).encode(),
                         {"Content-Type": "application/json"})
        assert sent.status == 202, sent
    wait_for(lambda: told(site, "tksk-3507", case, "pesan baru dari pelapor"), timeout=45)
    assert told(site, "tksk-3507", case, "pesan baru dari pelapor") == 1
    assert told(site, "tksk-3507", case, "keluarganya") == 0
