"""A store file is damaged: the daemon says which file and does not start; the backup brings the site back. A whole story,
for each of the ways in which a disk lies."""

import os
import re

import pytest
from sigap import wait_for
from test_resilience import damage, is_complete, reports, settled


WAYS = [("casework", "torn pages"), ("intake", "no database"), ("triage", "half of it")]


@pytest.mark.parametrize("name,how", WAYS if os.environ.get("SIGAP_LONG") else WAYS[:1])
def test_refused_by_name_then_restored(fresh, tmp_path, name, how):
    site = fresh()
    kept = [site.report(text) for text in reports(4)]
    settled(site, kept)
    before = {ticket: site.trace(ticket) for ticket in kept}
    site.ctl("backup", str(tmp_path / "snapshot"))
    site.stop()

    path = site.data / name / "store.db"
    if how == "half of it":
        with open(path, "r+b") as file:
            file.truncate(path.stat().st_size // 2)
    else:
        damage(path, how)
    site.allowed = [rf"daemon={name} event=start-refused"]
    site.killed = 10**6  # the supervisor tries again and again
    site.start(ready=False)
    log = site.data / "log" / f"{name}.log"
    wait_for(lambda: "event=start-refused" in log.read_text(), 15)
    sentence = re.search(r'event=start-refused reason="([^"]*)"', log.read_text()).group(1)
    assert f"{name}/store.db" in sentence and len(sentence) > 30, sentence
    assert site.daemon(name)["state"] in ("down", "starting")
    site.stop()
    assert site.ctl("restore", str(tmp_path / "snapshot")).returncode == 0

    site.killed = 0
    site.log.truncate(0)
    site.start(ready=False)
    site.wait_ready(states=("ready", "degraded"))  # effects are held until somebody has looked
    site.ctl("control", "all", "release")
    site.wait_ready()
    for ticket in kept:
        after = site.trace(ticket)
        assert after["case"] == before[ticket]["case"] and after["offers"] == before[ticket]["offers"]
    assert is_complete(settled(site, [site.report(reports(1, 300)[0])])[0])
