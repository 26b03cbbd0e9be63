"""The twelve sample reports: each ends where the field's tables say it should (tests/samples.jsonl, derived by hand)."""

import json

import pytest
from sigap import HOUSE

SAMPLES = [json.loads(line) for line in (HOUSE / "tests" / "samples.jsonl").read_text().splitlines()]
SETTLED = ("case", "joined", "information", "in_review")


@pytest.fixture(scope="module")
def traces(site):
    """All twelve sent at once, as deploy/run does; their traces when they have settled."""
    tickets = {}
    for sample in SAMPLES:
        answer = site.post(sample["report"])
        assert answer.status == 202, (sample["external_id"], answer)
        tickets[sample["external_id"]] = answer.json["ticket"]
    site.idle()
    return {name: site.trace(ticket) for name, ticket in tickets.items()}


def test_the_example_file_holds_the_same_reports():
    lines = (HOUSE / "deploy" / "examples" / "samples.jsonl").read_text().splitlines()
    assert [json.loads(line) for line in lines] == [sample["report"] for sample in SAMPLES]


def outcome(trace):
    """A trace in the words of the expectation."""
    case, referral = trace["case"], trace["referral"]
    offers = trace["offers"]
    return {
        "report": trace["report"]["state"],
        "kind": case and case["kind"],
        "priority": case and case["priority"],
        "area": case and case["area"],
        "facility": offers[0]["facility"] if offers else None,
        "referral": referral["state"] if referral else "none",
        "missing": sorted(referral["missing"]) if referral and referral["state"] == "draft" else [],
    }


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample["external_id"])
def test_sample_ends_where_it_should(traces, sample):
    trace, expected = traces[sample["external_id"]], dict(sample["expect"])
    playbook = expected.pop("playbook")
    expected["missing"] = sorted(expected["missing"])
    found = outcome(trace)
    if expected["priority"]:
        # By the tables of the field; the machine may err upwards by one step (a machine may raise, never lower).
        steps = int(expected.pop("priority")[1]) - int(found.pop("priority")[1])
        assert steps in (0, 1), (trace["case"], sample["why"])
    assert found == expected, sample["why"]
    prefixes = {task["code"].split("-")[0] for task in trace["tasks"]}
    if playbook:
        assert playbook.split("-")[1] in prefixes, (prefixes, sample["why"])
        assert any(task["due_at"] for task in trace["tasks"]), "no task has a deadline"
        assert trace["deliveries"], "nobody was told"
        assert trace["referral"]["rule"] == sample["rule"]
    else:
        assert not trace["tasks"] and trace["case"] is None
