"""The machine's clock is set back an hour while the site runs, and later days and a year forward: nobody ends, no report waits,
and nobody believes it until an operator confirms it or it has stayed so."""

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
    """By facility: one that expired is followed by another."""
    return {(ticket, offer["facility"]) for ticket in tickets for offer in site.trace(ticket)["offers"]
            if offer["state"] in ("requested", "received")}


def test_set_back_an_hour_and_forward_again(shifted):
    site, shift = shifted
    # what is not urgent and is put to a facility: its offers have deadlines that are not critical
    before = [site.report(f"Adik saya tunanetra umur {20 + i} tahun di Papar Kediri ingin ikut pelatihan pijat di panti, nomor {i}.")
              for i in range(2)]
    before += [site.report(f"Saya mantan pecandu narkoba umur {25 + i} tahun di Benjeng Gresik ingin direhabilitasi secara "
                           f"sukarela, nomor {i}.") for i in range(2)]
    settled(site, before)
    offers = open_offers(site, before)
    assert offers

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
    shift(6 * 24 * HOUR_MS)  # forward: six days of deadlines are due at once, should anybody believe it
    doubted = settled(site, [site.report(reports(1, 300)[0])])[0]
    assert is_complete(doubted)
    assert doubted["deliveries"][0]["at"] < (time.time() + 60) * 1000
    assert all(daemon["clock_doubted"] for daemon in site.status()["daemons"])
    assert site.ctl("status", check=False).stdout.count("belum dipercaya") == 1
    assert open_offers(site, before) == offers, "a jump of the clock ended offers"
    site.kill("casework")  # whoever is started meanwhile knows as much
    wait_for(lambda: [d.get("clock_doubted") for d in site.status()["daemons"]] == [True] * len(sigap.DAEMONS), 20)

    site.ctl("control", "all", "clock")
    ahead = settled(site, [site.report(reports(1, 310)[0])])[0]
    assert ahead["deliveries"][0]["at"] > (time.time() + 5 * 86400) * 1000, "the clock was confirmed and is not believed"
    site.wait_ready()
    shift(0)  # it was wrong after all: time does not go back, and an operator is told
    settled(site, [site.report(reports(1, 320)[0])])
    assert any(daemon["clock_behind"] for daemon in site.status()["daemons"])
    assert site.ctl("status", check=False).stdout.count("di depan jam mesin") == 1


def test_a_year_ahead_for_a_moment(shifted):
    """Long enough for every daemon to work meanwhile. What is kept is not deleted by a day that has not come."""
    site, shift = shifted
    before = [site.report(text) for text in reports(6, 400)]
    settled(site, before)
    shift(400 * 24 * HOUR_MS)
    during = [site.report(text) for text in reports(6, 500)]
    assert all(is_complete(trace) for trace in settled(site, during))
    shift(0)
    after = [site.report(text) for text in reports(3, 600)]
    traces = settled(site, [*before, *during, *after])
    assert all(is_complete(trace) for trace in traces)
    assert all(delivery["at"] < (time.time() + 60) * 1000 for trace in traces for delivery in trace["deliveries"])
    site.wait_ready()
