"""Sending the same report again, the ZeroMQ door, and how long a report takes from the door to the outbox."""

import statistics
import time

import pytest
import sigap
from sigap import parallel, wait_for


def text(name):
    return f"Nenek {name} umur 71 tahun di Wlingi Blitar hidup sendiri, tidak punya keluarga, mohon dikunjungi."


# --- the same again

def test_same_key_same_report_gives_the_first_ticket(site):
    body = {"source": "test", "text": text("Satu")}
    first = site.post(body, idempotency_key="again-1")
    second = site.post(body, idempotency_key="again-1")
    assert (first.status, second.status) == (202, 202)
    assert first.json["ticket"] == second.json["ticket"]


def test_same_key_other_report_is_refused(site):
    first = site.post({"source": "test", "text": text("Dua")}, idempotency_key="again-2")
    other = site.post({"source": "test", "text": text("Tiga")}, idempotency_key="again-2")
    assert (first.status, other.status) == (202, 422)
    assert other.headers["content-type"].startswith("application/problem+json")
    assert site.http("GET", first.json["status_url"]).status == 200, "the first one is kept"


def test_same_external_id_is_the_same_report(site):
    body = {"source": "test", "external_id": "ext-1", "text": text("Empat")}
    tickets = {site.post(body).json["ticket"] for _ in range(3)}
    assert len(tickets) == 1
    elsewhere = site.post({**body, "source": "other"})
    assert elsewhere.json["ticket"] not in tickets, "an id of another channel is another report"


def test_twenty_at_once_give_one_ticket(site):
    site.idle()
    before = site.journal_heads()
    body = {"source": "test", "external_id": "at-once", "text": text("Lima")}
    answers = parallel(20, lambda _: site.post(body, idempotency_key="at-once"))
    assert {answer.status for answer in answers} == {202}
    assert len({answer.json["ticket"] for answer in answers}) == 1
    assert site.journal_heads() == before + 1


# --- ZeroMQ

def submit(site, **fields):
    import zmq

    SubmitReport, SubmitAnswer = sigap.message("submit", "SubmitReport"), sigap.message("submit", "SubmitAnswer")
    context = zmq.Context()
    door = context.socket(zmq.DEALER)
    door.setsockopt(zmq.LINGER, 0)
    try:
        door.connect(f"ipc://{site.data}/run/intake.door")
        door.send(SubmitReport(**{"token": site.token, "channel": "test", "number": 7, **fields}).SerializeToString())
        assert door.poll(5000), "no answer through the door"
        answer = SubmitAnswer.FromString(door.recv())
        assert answer.number == 7
        return answer
    finally:
        door.close()
        context.term()


def test_door_accepts(site):
    answer = submit(site, text=text("Enam"), idempotency_key="door-1", located=True, latitude=-8.07, longitude=112.32)
    assert answer.WhichOneof("answer") == "accepted"
    again = submit(site, text=text("Enam"), idempotency_key="door-1", located=True, latitude=-8.07, longitude=112.32)
    assert again.accepted.ticket == answer.accepted.ticket
    assert site.http("GET", f"/v1/reports/{answer.accepted.ticket}").status == 200


@pytest.mark.parametrize("fields,status", [
    ({"token": "sigap_" + "A" * 43}, 401), ({"token": ""}, 401), ({"text": ""}, 422), ({"channel": "a b"}, 422),
    ({"located": True, "latitude": 99.0}, 422), ({"area": "Blitar"}, 422), ({"text": "a" * 17000}, 422),
    ({"idempotency_key": "a b"}, 400)], ids=lambda value: str(value)[:30])
def test_door_refuses(site, fields, status):
    answer = submit(site, **{"text": text("Tujuh"), **fields})
    assert answer.WhichOneof("answer") == "refused", answer
    assert answer.refused.status == status and answer.refused.reason


def test_door_outlives_rubbish(site):
    import zmq

    context = zmq.Context()
    door = context.socket(zmq.DEALER)
    door.setsockopt(zmq.LINGER, 0)
    door.connect(f"ipc://{site.data}/run/intake.door")
    for rubbish in (b"", b"\xff" * 100, b"\x0a\xff\xff\xff\xff\x7f", b"\x00" * 1000, b"a" * 300_000):
        door.send(rubbish)
    time.sleep(0.2)
    door.close()
    context.term()
    assert submit(site, text=text("Delapan")).WhichOneof("answer") == "accepted"


# --- how long

def test_report_reaches_the_outbox_quickly(site):
    """One report at a time on an idle site: from the request to the file in the outbox. The yardstick is 200 ms at most,
    p50 under 5 ms on a quiet machine; asserted is what a loaded CI machine can hold."""
    taken = []
    for i in range(7):
        site.idle()
        before = site.outbox_bytes()
        start = time.monotonic()
        site.report(f"Anak tetangga umur {6 + i} tahun sedang dipukuli bapaknya sekarang di Taman Sidoarjo, rumah nomor {i}, "
                    "tolong segera.", urgent=True)
        wait_for(lambda: site.outbox_bytes() > before, 5, 0.001)
        taken.append((time.monotonic() - start) * 1000)
    print(f"report to outbox: median {statistics.median(taken):.1f} ms, all {[round(ms, 1) for ms in taken]}")
    assert statistics.median(taken) < 1000, taken
