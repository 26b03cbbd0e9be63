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
    assert case in json.dumps(other.get("/api/cases?limit=1000").json)
