"""Daemons that die, stall, start again, find their store damaged: others go on, what was acknowledged goes on where it was."""

import os
import signal
import time

import pytest
import sigap
from sigap import wait_for

STALL_S = float(os.environ.get("SIGAP_STALL_S", "10"))  # the campaign takes 60, see tests/README.md


def reports(count, start=0):
    """Texts that are cases of their own: an ordinal, a place and a name each."""
    places = ("Wlingi Blitar", "Parang Magetan", "Benjeng Gresik", "Watulimo Trenggalek", "Kalianget Sumenep", "Dampit Malang")
    return [f"Nenek tetangga nomor {i} umur {65 + i % 25} tahun di {places[i % len(places)]} hidup sebatang kara, tidak punya "
            f"keluarga dan tidak terurus, mohon dikunjungi, laporan ke {i}." for i in range(start, start + count)]


def settled(site, tickets, timeout=30):
    """All tickets have been decided on by triage; their traces."""
    site.idle(timeout)
    traces = [site.trace(ticket) for ticket in tickets]
    assert all(trace["report"]["state"] in ("case", "joined", "information", "in_review") for trace in traces), traces
    return traces


def is_complete(trace):
    return trace["case"] and trace["referral"] and trace["tasks"] and trace["deliveries"]


@pytest.fixture(scope="module")
def hardy(request):
    """One site for the tests that kill parts of it."""
    one = sigap.Site()
    try:
        one.start()
        yield one
        one.stop()
    finally:
        one.stop(judge=False)
        one.clean()


def test_status_shows_who_is_dead(hardy):
    """With the supervisor held, a killed daemon stays away and status says so; let go, it comes back by itself."""
    os.kill(hardy.up.pid, signal.SIGSTOP)
    try:
        gone = hardy.kill("triage")
        wait_for(lambda: hardy.daemon("triage")["state"] in ("down", "starting"), 5)  # unburied, its process is still listed
        ticket = hardy.report(reports(1, 100)[0])
        others = {d["name"]: d["state"] for d in hardy.status()["daemons"]}
        assert others["intake"] in ("ready", "degraded")
    finally:
        os.kill(hardy.up.pid, signal.SIGCONT)
    hardy.wait_ready()
    assert hardy.pid("triage") != gone
    assert is_complete(settled(hardy, [ticket])[0])


@pytest.mark.parametrize("name", sigap.DAEMONS)
def test_killed_daemon_comes_back_and_loses_nothing(hardy, name):
    """Ten reports while it is killed at once, before, between and after; each becomes exactly one case."""
    texts, tickets = reports(10, 200 + 10 * sigap.DAEMONS.index(name)), []
    for i, text in enumerate(texts):
        if i in (3, 7):
            gone = hardy.kill(name)
        if name == "intake":  # the door itself is away for a moment: the sender sends again, with the same key
            answer = wait_for(lambda: answered(hardy, text, f"{name}-{i}"), 10, 0.1)
        else:
            answer = hardy.post({"source": "test", "text": text}, idempotency_key=f"{name}-{i}")
        assert answer.status == 202, answer
        tickets.append(answer.json["ticket"])
        if i == 3:
            wait_for(lambda: hardy.pid(name) != gone, 10)
    hardy.wait_ready()
    traces = settled(hardy, tickets)
    assert all(is_complete(trace) for trace in traces), [t for t in traces if not is_complete(t)][:1]
    assert len({trace["case"]["id"] for trace in traces}) == len(texts)


def answered(site, text, key):
    try:
        answer = site.post({"source": "test", "text": text}, idempotency_key=key)
    except OSError:
        return None
    return answer if answer.status == 202 else None


@pytest.mark.parametrize("name", ["triage", "router", "notifier"])
def test_stalled_daemon_holds_up_nobody(hardy, name):
    """A daemon that hangs: the door goes on accepting, the others go on working, status shows it; then it catches up."""
    hardy.idle()
    hardy.signal(name, signal.SIGSTOP)
    tickets, seen, until = [], set(), time.monotonic() + STALL_S
    try:
        start = 1000 + 1000 * ("triage", "router", "notifier").index(name)
        for i, text in enumerate(reports(1000, start)):
            if time.monotonic() >= until:
                break
            tickets.append(hardy.report(text))
            if i % 5 == 0:
                seen.add(hardy.daemon(name)["state"])
            time.sleep(0.2)
        assert seen <= {"starting", "down"}, f"status called a stalled {name} {seen}"
        if name == "router":  # what does not hang on it has gone on
            trace = hardy.trace(tickets[0])
            assert trace["case"] and trace["deliveries"], trace
    finally:
        hardy.signal(name, signal.SIGCONT)
    hardy.wait_ready()
    traces = settled(hardy, tickets, 60)
    assert len(tickets) > STALL_S and all(is_complete(trace) for trace in traces)


def test_whole_site_goes_on_where_it_was(fresh):
    """Ended in the middle of work and started again: nothing is forgotten, nothing is done twice."""
    site = fresh()
    tickets = [site.report(text) for text in reports(30)]
    site.stop()  # no waiting: some are half-way
    site.start()
    traces = settled(site, tickets)
    assert all(is_complete(trace) for trace in traces)
    assert len({trace["case"]["id"] for trace in traces}) == 30
    heads = {name: site.journal_heads(name) for name in ("intake", "triage", "router")}
    site.stop()
    site.start()
    site.idle()
    assert {name: site.journal_heads(name) for name in heads} == heads, "a start alone makes records"
    assert [site.trace(ticket)["case"]["id"] for ticket in tickets] == [trace["case"]["id"] for trace in traces]


@pytest.mark.parametrize("how", ["no database", "torn pages", "newer version"])
def test_damaged_store_is_refused_with_a_sentence(fresh, how):
    """The daemon whose store cannot be trusted does not start and says why; the door goes on without it."""
    site = fresh()
    site.report(reports(1)[0])
    site.idle()
    site.stop()
    damage(site.data / "router" / "store.db", how)
    site.allowed = [r"daemon=router event=start-refused"]
    site.killed = 10**6  # the supervisor tries again and again
    site.start(ready=False)
    site.wait_ready(states=("ready", "degraded"), but=("router",))
    wait_for(lambda: "event=start-refused" in (site.data / "log" / "router.log").read_text(), 10)
    assert site.daemon("router")["state"] in ("down", "starting")
    wait_for(site.door_open, 5)
    ticket = site.report(reports(1, 50)[0])
    site.wait_trace(ticket, lambda trace: trace["case"] and trace["tasks"])


def damage(path, how):
    if how == "no database":
        with open(path, "r+b") as file:
            file.write(b"this was a store once" * 10)
    elif how == "torn pages":
        size = path.stat().st_size
        with open(path, "r+b") as file:
            for at in range(4096, size, 4096):
                file.seek(at)
                file.write(os.urandom(256))
    else:
        import sqlite3

        with sqlite3.connect(path) as db:
            tables = [row[0] for row in db.execute("SELECT name FROM sqlite_master WHERE type='table'")]
            if "migration" in tables:
                db.execute("INSERT INTO migration SELECT * FROM migration LIMIT 0")
            db.execute("PRAGMA user_version=9999")


def test_second_start_in_the_same_folder_is_refused(hardy):
    done = hardy.ctl("up", check=False)
    assert done.returncode == 1 and "running already" in done.stderr
