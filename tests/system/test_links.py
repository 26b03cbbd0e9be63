"""Who may read a journal is written in the site; everybody else is refused."""

import re

import pytest
import sigap
from test_people import Person


def fetch(site, journal, consumer, **more):
    import zmq

    LinkFrame = sigap.message("link", "LinkFrame")
    context = zmq.Context()
    line = context.socket(zmq.DEALER)
    line.setsockopt(zmq.LINGER, 0)
    try:
        line.connect(f"ipc://{site.data}/run/{journal}.journal")
        frame = LinkFrame()
        frame.fetch.consumer = consumer
        frame.fetch.credit_bytes = 1 << 16
        for name, value in more.items():
            setattr(frame.fetch, name, value)
        line.send(frame.SerializeToString())
        assert line.poll(5000), "no answer at all"
        return LinkFrame.FromString(line.recv())
    finally:
        line.close()
        context.term()


@pytest.mark.parametrize("journal,consumer", [
    ("intake", "mallory"), ("intake", ""), ("intake", "router"), ("casework", "mallory"), ("triage", "triage"),
    ("console", "intake"), ("notifier", "../notifier")])
def test_wrong_reader_is_refused(site, journal, consumer):
    answer = fetch(site, journal, consumer)
    assert answer.WhichOneof("body") == "refused", answer
    assert answer.refused.reason


def test_history_of_another_incarnation_is_diverged(site):
    """A cursor that is no part of this journal's history is told so; it is never served what comes next. Asked as a
    reader that is there, so its own link is left alone: the daemon asks again by itself."""
    answer = fetch(site, "intake", "triage", incarnation=b"x" * 16, after=10**9, lane=1)
    assert answer.WhichOneof("body") == "diverged", answer
    site.idle(40)


def test_run_folder_is_closed_to_others(site):
    assert (site.data / "run").stat().st_mode & 0o007 == 0
    for name in sigap.DAEMONS:
        assert (site.data / name).stat().st_mode & 0o077 == 0, name
    for path in (site.data / "keys").iterdir():
        assert path.suffix == ".pub" or path.stat().st_mode & 0o007 == 0, path


def test_no_daemon_is_forgotten(site):
    """A new daemon is a folder and an entry of links.yaml. What still names them one by one, the unit of all and the console's
    documents, is asked here."""
    units = re.findall(r"sigap@(\w+)\.service", (sigap.HOUSE / "deploy" / "systemd" / "sigap.target").read_text())
    assert tuple(units) == sigap.DAEMONS
    someone = Person(site, "semua", "administrator", "-", "*")
    status, queues = someone.get("/api/status").json, someone.get("/api/queues").json
    for name in sigap.DAEMONS:
        assert status[name], f"the page's status lacks {name}"
        assert queues[f"parked_{name}"] == [], f"the page's queues lack what {name} has put aside"
