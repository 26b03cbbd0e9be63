"""Ten times what the pipeline carries: most is told so at once, what a life hangs on goes through, memory stays bounded, and
nothing that was acknowledged is lost."""

import json
import os
import random
import subprocess

import sigap

FLOOD = sigap.BIN.parent / "tests" / "flood"
LOAD = sigap.BIN.parent / "tests" / "bench_load"
SECONDS = int(os.environ.get("SIGAP_FLOOD_S", "5"))
CONNECTIONS = 900  # fewer than the door takes (1,024), more than wait for a turn (512)
STAT_SENDERS = 8  # 80 urgent reports a second at most
SAMPLE = 300  # tickets asked for one by one
# On a machine that does nothing else the promise holds for 99 of 100; where others compute, half of it must.
SHARE = "p99_ms" if os.environ.get("SIGAP_QUIET") else "p50_ms"


def flood(site, token, tickets, rate, seconds, connections, stat=0):
    done = subprocess.run([FLOOD, "--socket", site.data / "run" / "intake.http", "--token", token, "--rate", str(rate),
                           "--seconds", str(seconds), "--connections", str(connections), "--stat", str(stat),
                           "--tickets", tickets], stdout=subprocess.PIPE, check=True, timeout=seconds + 60)
    return json.loads(done.stdout), tickets.read_text().split()


def test_ten_times_too_much(fresh, tmp_path):
    site = fresh(port=False)
    token = site.issue_token("flood", "rate=0")
    idle_mib = sum(sigap.pss_mib(site.pid(name)) for name in sigap.DAEMONS)
    calm, first = flood(site, token, tmp_path / "first", 100000, 2, 64)
    top = calm["calm_taken"]["count"] / 2
    site.idle(60)
    slack = sigap.slack()

    figures, tickets = flood(site, token, tmp_path / "tickets", int(10 * top), SECONDS, CONNECTIONS, STAT_SENDERS)
    figures["top_per_s"], figures["slack"] = top, round(slack, 2)
    print(json.dumps(figures))
    busy, stat = figures["calm_busy"], figures["stat_taken"]
    assert busy["count"] > 0, "nobody was told that it is too much"
    assert busy[SHARE] <= 50 * slack, figures
    assert stat["count"] > 0 and figures["stat_busy"]["count"] == 0, "what a life hangs on was refused"
    assert stat[SHARE] <= 200 * slack, figures
    assert figures["calm_other"]["count"] == figures["stat_other"]["count"] == figures["unanswered"] == 0, figures
    loaded_mib = sum(sigap.pss_mib(site.pid(name)) for name in sigap.DAEMONS)
    # Five page caches of 18 MiB; what a busy daemon's turns, frames and connections take, up to 24 MiB each.
    assert loaded_mib <= idle_mib + 5 * (18 + 24), f"{idle_mib:.0f} MiB before, {loaded_mib:.0f} after"

    site.idle(120)
    known = first + tickets
    assert len(set(known)) == len(known) == calm["calm_taken"]["count"] + figures["calm_taken"]["count"] + stat["count"]
    for ticket in random.Random(1).sample(known, min(SAMPLE, len(known))):
        status, document = site.views.view("intake", timeout=10, report={"ticket": ticket})
        assert status == 200, ticket
        status, document = site.views.view("triage", timeout=10, report={"report_id": sigap.id_bytes(document["report"]["id"])})
        assert status == 200 and document["report"]["state"] in ("case", "joined", "information", "in_review"), document


def test_nobody_is_passed_by(fresh):
    """Twice as many senders as one turn takes, most of them of a danger: no report waits until the others are through."""
    site = fresh(port=False)
    done = subprocess.run([LOAD, "--socket", site.data / "run" / "intake.http", "--token", site.issue_token("load", "rate=0"),
                           "--reports", "20000", "--connections", "512"], stdout=subprocess.PIPE, check=True, timeout=120)
    figures = json.loads(done.stdout)
    print(figures)
    assert figures["max_ms"] <= 6 * figures["p99_ms"], figures


def test_a_busy_daemon_takes_many_at_once(fresh, tmp_path):
    """Each turn has a sync of its own, and wakes whoever reads it: under load they begin some milliseconds apart."""
    site = fresh(port=False)
    token = site.issue_token("flood", "rate=0")

    def worked():
        return next((daemon["turns"], daemon["inputs"]) for daemon in site.status()["daemons"] if daemon["name"] == "intake")

    turns, inputs = worked()
    figures, _ = flood(site, token, tmp_path / "tickets", 3000, 3, 64)
    site.idle(60)
    turns, inputs = (after - before for after, before in zip(worked(), (turns, inputs)))
    print(turns, inputs, figures["calm_taken"])
    assert inputs >= figures["calm_taken"]["count"] > 0
    assert inputs >= 12 * turns, f"{turns} turns for {inputs} inputs"
