"""Nobody sees what is not theirs: what each role finds of a child's case (C3), of others' facilities, of a report in review."""

import json

import pytest
import sigap
from test_people import CHILD, Person

UNCLEAR = "Pak tolong, ada yang tidak beres di ujung gang itu."
ROLES = {
    "penugas": ("coordinator", "KOR", "*"),
    "operator": ("operator", "OPR", "35"),
    "tksk": ("responder", "TKSK", "35.15"),
    "tksk_lain": ("responder", "TKSK", "35.07"),
    "ppa": ("responder", "PPA", "35.15"),
    "upt": ("facility", "UPT", "-", "RS-LAWANG"),
    "admin": ("administrator", "ADM", "*"),
}


@pytest.fixture(scope="module")
def people(site):
    return {name: Person(site, name, *rights) for name, rights in ROLES.items()}


@pytest.fixture(scope="module")
def child(site):
    ticket = site.report(CHILD.format("hak"), urgent=True)
    site.idle()
    return site.trace(ticket)["case"]["id"]


def row_of(person, case):
    rows = person.get("/api/cases?limit=1000").json["cases"]
    return next((row for row in rows if row["id"] == case), None)


@pytest.mark.parametrize("name, sees", [("penugas", "all"), ("ppa", "all"), ("tksk", "number"), ("operator", "number"),
                                        ("admin", "number"), ("tksk_lain", None), ("upt", None)])
def test_a_child_s_case_in_the_list(people, child, name, sees):
    row = row_of(people[name], child)
    assert (row is not None) == (sees is not None)
    if row:
        assert row["confidentiality"] == "C3" and row["priority"] == "P0"
        assert ("kind" in row and "area" in row) == (sees == "all") == (not row["restricted"])


def test_a_facility_finds_no_case_that_is_not_its_client(people, child):
    assert people["upt"].get("/api/cases").json["cases"] == []
    assert people["upt"].get(f"/api/cases/{child}").status == 403


def test_not_even_with_an_area(site, child):
    """The owner looks at the class: an area beside it gives staff of a facility nothing."""
    staff = {"account": "upt", "roles": ["facility", "UPT"], "areas": ["35.15"], "facilities": ["RS-LAWANG"]}
    assert site.views.view("triage", actor=staff, list={"name": "cases"}) == (200, [])
    assert site.views.view("triage", actor=staff, case_file={"case_id": sigap.id_bytes(child)})[0] == 404


def test_who_decides_a_review_can_read_it(site, people):
    ticket = site.report(UNCLEAR)
    site.idle()
    review = site.trace(ticket)["report"]["id"]
    assert review in [row["report_id"] for row in people["operator"].get("/api/queues").json["reviews"]]
    path = f"/api/reviews/{review}"
    assert "narrative" not in people["operator"].get(path).json["review"], "not without asking for it"
    assert people["operator"].get(path + "?narrative=1").json["review"]["narrative"] == UNCLEAR
    audit = json.dumps(site.views.view("triage", list={"name": "audit"})[1])
    assert "review.narrative" in audit
    for name in ("admin", "upt", "tksk"):
        answer = people[name].get(path + "?narrative=1")
        assert answer.status == 403 and UNCLEAR not in json.dumps(answer.json), (name, answer)


def test_a_case_that_accuses_them_is_not_there(site):
    """Staff of a home that a report accuses, who also have the region: no list, view or message tells them of it."""
    staff, other = (Person(site, name, "responder", "TRC", "35.20", *facility)
                    for name, facility in (("staf_panti", ["JTM-PSTW-MGT-AMALIA"]), ("staf_lain", ["JTM-PPSAA-TRG"])))
    ticket = site.report("Petugas UPT PSTW Magetan memukul kakek penghuni panti sampai memar, tolong ditindak.")
    site.idle()
    trace = site.trace(ticket)
    case = trace["case"]["id"]
    told = {one["to"] for one in trace["deliveries"]}
    assert "trc-jtm-pstw-mgt" not in told and [team for team in told if team.startswith("trc-")], told
    assert other.get(f"/api/cases/{case}").status == 200
    answer = staff.get(f"/api/cases/{case}?narrative=1")
    assert answer.status == 404, answer
    for what in ("cases", "queues", "alerts", "tasks", "deliveries"):
        answer = staff.get(f"/api/{what}?limit=1000")
        assert answer.status == 200 and case not in json.dumps(answer.json), what
    live = staff.get("/api/live?limit=1000").json
    assert live["totals"].get("alerts", 0) == len(live["alerts"]["alerts"]), "nor does a count"
    assert case in json.dumps(other.get("/api/cases?limit=1000").json)


# ---- a secret case is a number to everybody who is not named for it, in whatever is read ----

ASSAULT = ("Remaja putri umur 15 tahun diperkosa tetangganya tadi malam di Krian Sidoarjo, sekarang takut pulang dan butuh tempat aman, "
           "halaman {}.")
OUTSIDE = {
    "rahasia_psm": ("responder", "PSM", "35.15"),
    "rahasia_tksk": ("responder", "TKSK", "35.15"),
    "rahasia_kab": ("coordinator", "KAB", "35.15"),
    "rahasia_opr": ("operator", "OPR", "35"),
    "rahasia_admin": ("administrator", "ADM", "*"),
    "rahasia_pdp": ("auditor", "PDP", "*"),
    "rahasia_rsj": ("facility", "RSJ", "-", "RS-MENUR"),
}
LISTS = ("live", "cases", "queues", "tasks", "alerts", "deliveries", "corrections", "facilities", "duty", "measures")


def objects(document):
    """Every object of a document, the innermost first."""
    for one in document.values() if isinstance(document, dict) else document if isinstance(document, list) else ():
        yield from objects(one)
    if isinstance(document, dict):
        yield document


def of_case(document, case, report):
    """What a document says of the case: objects that name it, its alerts (whose ids begin as its own), or its report."""
    return [one for one in objects(document)
            if any(isinstance(value, str) and (value.startswith(case[:19]) or value == report) for value in one.values())]


@pytest.fixture(scope="module")
def secret(site):
    """A case with an alert, an offer, a forensic examination and tasks; what tells of it to those who are named for it."""
    ppa = Person(site, "rahasia_ppa", "responder", "PPA", "35.15")
    ticket = site.report(ASSAULT.format("semua"), urgent=True)
    site.idle()
    trace = site.trace(ticket)
    office = Person(site, "rahasia_kor", "coordinator", "KOR", "*")
    assert office.post(f"/api/cases/{trace['case']['id']}/change", {"priority": "P1", "reason": "pelaku sudah ditahan"}).status == 200
    site.idle()
    assert of_case(office.get("/api/corrections").json, trace["case"]["id"], trace["report"]["id"])
    case = ppa.get(f"/api/cases/{trace['case']['id']}").json
    assert case["triage"]["confidentiality"] == "C3" and case["router"]["offers"]
    telling = {case["triage"]["kind"], case["triage"]["area"], *(one["facility"] for one in case["router"]["offers"]),
               *(one["to"] for one in case["notifier"]["deliveries"]), *(one["code"] for one in case["casework"]["tasks"]),
               *(one["title"] for one in case["casework"]["tasks"]), *(one["policy"] for one in case["notifier"]["alerts"])}
    return trace["case"]["id"], trace["report"]["id"], telling - {""}


@pytest.mark.parametrize("name", OUTSIDE)
def test_a_secret_case_is_its_number_in_every_view(site, secret, name):
    case, report, telling = secret
    person = Person(site, name, *OUTSIDE[name])
    paths = [f"/api/{what}?limit=1000" for what in LISTS]
    paths += [f"/api/cases/{case}{more}" for more in ("", "?narrative=1", "/candidates", "/media")] + [f"/api/reviews/{report}"]
    for path in paths:
        document = person.get(path).json
        said = document if path.startswith("/api/cases/") else of_case(document, case, report)
        words = [one for one in telling if one.split("-")[0] != OUTSIDE[name][1].lower() and json.dumps(one) in json.dumps(said)]
        assert not words, (path, words, said)


def test_who_is_named_for_it_reads_it_everywhere(site, secret):
    case, report, telling = secret
    ppa = Person(site, "rahasia_ppa_lagi", "responder", "PPA", "35.15")
    for what in ("cases", "tasks", "alerts", "deliveries"):
        assert of_case(ppa.get(f"/api/{what}?limit=1000").json, case, report), what
