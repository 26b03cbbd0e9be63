"""The machine's clock is set back an hour while the site runs, and later forward again: nobody ends, no report waits, and
deadlines that are not critical do not fall due all at once."""

import struct
import time

import pytest
import sigap
from sigap import wait_for
from test_resilience import is_complete, reports, settled

SHIM = sigap.BIN.parent / "tests" / "shift_clock.so"
HOUR_MS = 3600 * 1000


@pytest.fixture
def shifted(tmp_path):
    """(site, shift): shift(ms) sets the wall clock of all daemons off by so much, at once."""
    clock = tmp_path / "clock"
    clock.write_bytes(struct.pack("=q", 0))

    def shift(ms):
        with open(clock, "r+b", buffering=0) as file:
            file.write(struct.pack("=q", ms))

    if sigap.is_sanitized():
        pytest.skip("nothing can be loaded before a sanitizer; 2026-11-25")
    site = sigap.Site(env={"LD_PRELOAD": str(SHIM), "SHIFT_CLOCK": str(clock)})
    try:
        yield site.start(), shift
        site.stop()
    finally:
        site.stop(judge=False)
        site.clean()


def open_offers(site, tickets):
    return sum(offer["state"] in ("requested", "received") for ticket in tickets for offer in site.trace(ticket)["offers"])


def test_set_back_an_hour_and_forward_again(shifted):
    site, shift = shifted
    before = [site.report(text) for text in reports(3)]
    before += [site.report(f"Tetangga saya Pak Paijo {i} di {place} dipasung, kakinya dirantai di belakang rumah, umur {40 + i} "
                           "tahun, saya lihat sendiri.") for i, place in enumerate(("Parang Magetan", "Wlingi Blitar"))]
    settled(site, before)
    offers = open_offers(site, before)
    assert offers > 0

    shift(-HOUR_MS)
    during = [site.report(text) for text in reports(6, 100)]
    urgent = site.report("Anak umur 9 tahun sedang dipukuli bapaknya sekarang di Taman Sidoarjo, tolong segera.", urgent=True)
    assert all(is_complete(trace) for trace in settled(site, [*during, urgent]))
    wait_for(lambda: {d["state"] for d in site.status()["daemons"]} <= {"ready", "degraded"}, 10)
    times = [site.trace(ticket)["deliveries"][0]["at"] for ticket in (before[0], during[0])]
    assert times[1] >= times[0], "time went backwards for who was told"

    shift(0)
    after = [site.report(text) for text in reports(3, 200)]
    assert all(is_complete(trace) for trace in settled(site, after))
    shift(HOUR_MS)  # forward: deadlines of an hour from now are due at once, unless somebody asks first
    ahead = settled(site, [site.report(reports(1, 300)[0])])[0]
    assert is_complete(ahead)
    assert ahead["deliveries"][0]["at"] > (time.time() + 3000) * 1000, "the daemons did not see the clock that was shifted"
    assert open_offers(site, before) == offers, "a jump of the clock ended offers"
    shift(0)
    site.ctl("control", "all", "clock")
    site.wait_ready()
