"""One snapshot of all stores, and back: effects stay held until an operator lets them go, nothing diverges."""

import json

from sigap import wait_for
from test_resilience import is_complete, reports, settled


def test_round_trip(fresh, tmp_path):
    site = fresh()
    kept = [site.report(text) for text in reports(6)]
    settled(site, kept)
    before = {ticket: site.trace(ticket) for ticket in kept}
    site.ctl("backup", str(tmp_path / "snapshot"))
    lost = [site.report(text) for text in reports(4, 500)]
    settled(site, lost)
    assert site.ctl("restore", str(tmp_path / "snapshot"), check=False).returncode == 1, "never under a running site"
    site.stop()
    site.ctl("restore", str(tmp_path / "snapshot"))

    site.start(ready=False)
    site.wait_ready(states=("ready", "degraded"))
    assert all(daemon["effects_held"] for daemon in site.status()["daemons"])
    for ticket in kept:
        after = site.trace(ticket)
        assert after["case"] == before[ticket]["case"] and after["offers"] == before[ticket]["offers"]
    assert site.ctl("trace", lost[0], "--json", check=False).returncode == 1, "what came after the snapshot is not in it"

    sent = site.outbox_bytes()
    held = site.report(reports(1, 900)[0])
    site.wait_trace(held, lambda trace: trace["case"] and trace["tasks"])
    assert site.outbox_bytes() == sent, "something left although effects are held"
    site.ctl("control", "all", "release")
    site.wait_ready()
    assert is_complete(settled(site, [held])[0])
    wait_for(lambda: site.outbox_bytes() > sent, 20)
    states = {link["state"] for daemon in site.status()["daemons"] for link in daemon["links"]}
    assert states == {"live"}
    again = site.report(reports(1, 950)[0])
    assert is_complete(settled(site, [again])[0])


def test_sealed_media_are_in_it(fresh, tmp_path):
    """What intake keeps beside its store comes back with it, and damage there refuses the whole as anywhere else."""
    site = fresh()
    settled(site, [site.report(reports(1)[0])])
    media = site.data / "intake" / "media"
    media.mkdir(exist_ok=True)
    name = "0123456789abcdef0123456789abcdef"
    (media / name).write_bytes(b"sealed" * 1000)
    (media / (name + ".part")).write_bytes(b"x")
    site.ctl("backup", str(tmp_path / "snapshot"))
    site.stop()
    kept = tmp_path / "snapshot" / "intake" / "media"
    assert [file.name for file in kept.iterdir()] == [name]
    (media / name).unlink()
    site.ctl("restore", str(tmp_path / "snapshot"))
    assert (site.data / "intake" / "media" / name).read_bytes() == b"sealed" * 1000
    (kept / name).write_bytes(b"sealeD" * 1000)
    done = site.ctl("restore", str(tmp_path / "snapshot"), check=False)
    assert done.returncode == 1 and f"media/{name} is damaged" in done.stderr
    assert (site.data / "intake" / "media" / name).read_bytes() == b"sealed" * 1000
    site.start(ready=False)
    site.wait_ready(states=("ready", "degraded"))


def test_damaged_snapshot_restores_nothing(fresh, tmp_path):
    site = fresh()
    settled(site, [site.report(reports(1)[0])])
    site.ctl("backup", str(tmp_path / "snapshot"))
    site.stop()
    store = tmp_path / "snapshot" / "triage" / "store.db"
    content = bytearray(store.read_bytes())
    content[len(content) // 2] ^= 1
    store.write_bytes(content)
    before = (site.data / "triage" / "store.db").read_bytes()
    done = site.ctl("restore", str(tmp_path / "snapshot"), check=False)
    assert done.returncode == 1 and "nothing was restored" in done.stderr
    assert (site.data / "triage" / "store.db").read_bytes() == before
    manifest = json.loads((tmp_path / "snapshot" / "manifest.json").read_text())
    assert "triage/store.db" in manifest["files"]
