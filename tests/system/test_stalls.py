"""SIGSTOP of the daemons whose stalling test_resilience.py does not look at: the door, the long memory, the desk. A
campaign says how long: SIGAP_STALL_S=30."""

import http.client
import os
import signal
import threading
import time

import pytest
import sigap
from test_resilience import is_complete, reports, settled

STALL_S = float(os.environ.get("SIGAP_STALL_S", "3"))


@pytest.fixture(scope="module")
def stalling():
    one = sigap.Site()
    try:
        one.start()
        yield one
        one.stop()
    finally:
        one.stop(judge=False)
        one.clean()


@pytest.mark.parametrize("name", ["casework", "console"])
def test_others_go_on_and_it_catches_up(stalling, name):
    site = stalling
    site.idle()
    tickets, seen, until = [], set(), time.monotonic() + STALL_S
    site.signal(name, signal.SIGSTOP)
    try:
        for text in reports(400, 5000 if name == "casework" else 6000):
            if time.monotonic() >= until:
                break
            tickets.append(site.report(text))
            seen.add(site.daemon(name)["state"])
            time.sleep(0.1)
        assert seen == {"starting"}, f"status called a stalled {name} {seen}"
        others = {d["name"]: d["state"] for d in site.status()["daemons"] if d["name"] != name}
        assert set(others.values()) <= {"ready", "degraded"}, others
        trace = site.wait_trace(tickets[0], lambda trace: trace["case"] and trace["referral"] and trace["deliveries"])
        assert trace["report"]["state"] == "case"
    finally:
        site.signal(name, signal.SIGCONT)
    site.wait_ready()
    assert tickets and all(is_complete(trace) for trace in settled(site, tickets, 60))


def test_door_answers_what_came_while_it_stood_still(stalling):
    """Who sent while intake stood still waits, and gets the ticket when it goes on: one report, one ticket."""
    site, answers = stalling, []
    site.idle()
    texts = reports(5, 7000)

    def send(i):
        patient = http.client.HTTPConnection("127.0.0.1", site.port, timeout=STALL_S + 30)
        answers.append(site.post({"source": "test", "text": texts[i]}, connection=patient, idempotency_key=f"stall-{i}"))
        patient.close()

    site.signal("intake", signal.SIGSTOP)
    try:
        senders = [threading.Thread(target=send, args=(i,)) for i in range(len(texts))]
        for sender in senders:
            sender.start()
        assert site.daemon("intake")["state"] == "starting"
        time.sleep(STALL_S)
        assert not answers, "answered by somebody who cannot have"
    finally:
        site.signal("intake", signal.SIGCONT)
    for sender in senders:
        sender.join(40)
    assert len(answers) == len(texts), "a sender was left without an answer"
    again = [site.post({"source": "test", "text": text}, idempotency_key=f"stall-{i}") for i, text in enumerate(texts)]
    taken = {answer.json["ticket"] for answer in answers if answer.status == 202}
    assert all(answer.status in (202, 503) for answer in answers), answers
    assert taken <= {answer.json["ticket"] for answer in again}, "the same report got another ticket"
    site.wait_ready()
    assert all(is_complete(trace) for trace in settled(site, [answer.json["ticket"] for answer in again]))
