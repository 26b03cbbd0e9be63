"""One snapshot of all stores, and back: effects stay held until an operator lets them go, nothing diverges. The site works
while its files are copied."""

import fcntl
import hashlib
import json
import resource
import shutil
import signal
import sqlite3
import subprocess
import threading
import time
from contextlib import contextmanager

import pytest
from sigap import DAEMONS, message, slack, wait_for
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


def site_and_snapshot(fresh, folder, *options):
    site = fresh()
    settled(site, [site.report(reports(1)[0])])
    site.ctl("backup", *options, str(folder))
    site.stop()
    return site


@pytest.mark.parametrize("options, sentence", [(["--with-keys"], "is another key than that of the snapshot"),
                                               ([], "opens no case of the snapshot")])
def test_keys_of_another_machine_restore_nothing(fresh, tmp_path, options, sentence):
    """A new machine that has made keys of its own: nothing that came back could be read, and what comes in would be sealed
    for keys that are never one with the old ones."""
    site = site_and_snapshot(fresh, tmp_path / "snapshot", *options)
    keys, before = site.data / "keys", (site.data / "triage" / "store.db").read_bytes()
    keys.rename(tmp_path / "keys")
    site.ctl("keys")
    made = (keys / "site.key").read_bytes()
    done = site.ctl("restore", str(tmp_path / "snapshot"), check=False)
    assert done.returncode == 1 and sentence in done.stderr and "nothing was restored" in done.stderr, done
    assert (site.data / "triage" / "store.db").read_bytes() == before and (keys / "site.key").read_bytes() == made
    assert not (site.data / "restoring").exists()
    shutil.rmtree(keys)
    if not options:
        (tmp_path / "keys").rename(keys)
    site.ctl("restore", str(tmp_path / "snapshot"))
    assert made != (keys / "site.key").read_bytes()
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


def column_of(path, table, column):
    """What a store of a site that does not run has there."""
    with sqlite3.connect(path) as store:
        return sorted(row[0] for row in store.execute(f"SELECT {column} FROM {table}"))


@pytest.mark.parametrize("where", ["restoring", "snapshot"])
def test_an_old_log_is_not_taken_for_that_of_the_store(fresh, tmp_path, where):
    """Nothing counts but what the manifest names: not what a restore that failed has left, nor what was laid beside it."""
    site = fresh()
    settled(site, [site.report(text) for text in reports(3)])
    site.ctl("backup", str(tmp_path / "old"))
    old = tmp_path / "old" / "intake" / "store.db-wal"
    assert old.stat().st_size > 0
    settled(site, [site.report(text) for text in reports(7, 100)])
    site.stop()
    site.ctl("backup", str(tmp_path / "snapshot"))
    manifest = json.loads((tmp_path / "snapshot" / "manifest.json").read_text())
    assert "intake/store.db-wal" not in manifest["files"], "the log of one that has ended is in its store"
    before = column_of(site.data / "intake" / "store.db", "journal", "position")
    folder = {"restoring": site.data, "snapshot": tmp_path}[where] / where / "intake"
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(old, folder / "store.db-wal")
    (folder / "stray").write_bytes(b"stray")
    site.ctl("restore", str(tmp_path / "snapshot"))
    assert column_of(site.data / "intake" / "store.db", "journal", "position") == before
    assert not (site.data / "intake" / "stray").exists() and not (site.data / "restoring").exists()


def change_snapshot(snapshot, daemon, sql, *values):
    """Changes a store of it and says so in the manifest: a sound file, whatever it says."""
    store = snapshot / daemon / "store.db"
    database = sqlite3.connect(store)
    assert database.execute(sql, values).rowcount > 0
    database.commit()
    database.close()
    manifest = json.loads((snapshot / "manifest.json").read_text())
    manifest["files"][f"{daemon}/store.db"] = hashlib.blake2b(store.read_bytes(), digest_size=32).hexdigest()
    manifest["files"].pop(f"{daemon}/store.db-wal", None)
    (snapshot / "manifest.json").write_text(json.dumps(manifest))


def test_a_reader_ahead_of_a_journal_restores_nothing(fresh, tmp_path):
    """It would never hear what that journal says next: such stores are of no one moment."""
    site = fresh()
    settled(site, [site.report(text) for text in reports(3)])
    site.stop()
    snapshot = tmp_path / "snapshot"
    site.ctl("backup", str(snapshot))
    place = max(column_of(snapshot / "intake" / "store.db", "journal", "position"))
    lane, head = place >> 60, place & ((1 << 60) - 1)
    before = (site.data / "triage" / "store.db").read_bytes()
    move = f"UPDATE cursor SET after=? WHERE journal='intake' AND lane={lane}"
    change_snapshot(snapshot, "triage", move, head + 1)
    done = site.ctl("restore", str(snapshot), check=False)
    assert done.returncode == 1 and f"triage has read the journal of intake up to {head + 1}" in done.stderr
    assert "nothing was restored" in done.stderr
    assert (site.data / "triage" / "store.db").read_bytes() == before
    assert not (site.data / "restoring").exists() and not list(site.data.glob("before-restore-*"))
    change_snapshot(snapshot, "triage", move, head)
    site.ctl("restore", str(snapshot))


def test_a_reader_that_had_lost_a_journal_stays_cut(fresh, tmp_path):
    """Its position is one of another journal: with the new name it would go on there as if nothing were missing."""
    site = fresh()
    settled(site, [site.report(text) for text in reports(3)])
    site.stop()
    snapshot, lost = tmp_path / "snapshot", b"another journal!"
    site.ctl("backup", str(snapshot))
    change_snapshot(snapshot, "triage", "UPDATE cursor SET incarnation=? WHERE journal='intake'", lost)
    done = site.ctl("restore", str(snapshot))
    assert "triage had lost the journal of intake" in done.stdout
    with sqlite3.connect(site.data / "triage" / "store.db") as store:
        cursors = dict(store.execute("SELECT journal, incarnation FROM cursor"))
    with sqlite3.connect(site.data / "casework" / "store.db") as store:
        named = store.execute("SELECT value FROM meta WHERE key='incarnation'").fetchone()[0]
    assert cursors["intake"] == lost and cursors["casework"] == named


@pytest.mark.parametrize("cut", [False, True])
def test_who_was_erased_stays_erased(fresh, tmp_path, cut):
    """cut: by an earlier restore whose power failed, casework's folder was put aside and nothing is in its place yet."""
    site = fresh()
    settled(site, [site.report(text) for text in reports(3)])
    site.stop()
    site.ctl("backup", str(tmp_path / "snapshot"))
    with sqlite3.connect(site.data / "casework" / "case_keys.db") as ledger:
        erased = ledger.execute("SELECT case_id FROM case_keys LIMIT 1").fetchone()
        ledger.execute("UPDATE case_keys SET wrapped=NULL, destroyed_at=created_at + 1 WHERE case_id=?", erased)
    ledger.close()
    if cut:
        (site.data / "before-restore-99" / "casework").mkdir(parents=True)  # an older one, without a ledger
        (site.data / "before-restore-1000").mkdir()
        (site.data / "casework").rename(site.data / "before-restore-1000" / "casework")
    assert "1 erased cases stay erased" in site.ctl("restore", str(tmp_path / "snapshot")).stdout
    with sqlite3.connect(site.data / "casework" / "case_keys.db") as ledger:
        assert ledger.execute("SELECT case_id FROM case_keys WHERE wrapped IS NULL").fetchall() == [erased]
    ledger.close()


def test_a_restore_without_a_ledger_says_so(fresh, tmp_path):
    site = fresh()
    settled(site, [site.report(text) for text in reports(1)])
    site.stop()
    site.ctl("backup", str(tmp_path / "snapshot"))
    shutil.rmtree(site.data / "casework")
    said = site.ctl("restore", str(tmp_path / "snapshot")).stdout
    assert "no ledger of erasures is here" in said


@pytest.mark.parametrize("key, value", [("intake/store.db", 5), ("intake/../site.key", "00")])
def test_a_manifest_of_other_things_restores_nothing(fresh, tmp_path, key, value):
    site = fresh()
    site.ctl("backup", str(tmp_path / "snapshot"))
    site.stop()
    manifest = json.loads((tmp_path / "snapshot" / "manifest.json").read_text())
    manifest["files"][key] = value
    (tmp_path / "snapshot" / "manifest.json").write_text(json.dumps(manifest))
    done = site.ctl("restore", str(tmp_path / "snapshot"), check=False)
    assert done.returncode == 1 and "is damaged: nothing was restored" in done.stderr


MEDIUM = "fedcba9876543210fedcba9876543210"
LOG_IDLE = 4 << 20  # an idle daemon moves a longer log into its store's file


def heed_sigint():
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def begin_backup(site, target, preexec_fn=heed_sigint, **how):
    """As from a terminal: whoever starts us in the background has ignored SIGINT, and sigapctl would as well."""
    words = [site.bin / "sigapctl", "--data", site.data, "--site", site.site, "backup", str(target)]
    return subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                            preexec_fn=preexec_fn, **how)


@contextmanager
def stopped_while_copying(site, target):
    """`sigapctl backup` as it copies intake's files, stopped until the block is left: as long as a large store would take.
    A large medium, mostly a hole, holds it up there until it is caught."""
    (site.data / "intake" / "media").mkdir(exist_ok=True)
    with (site.data / "intake" / "media" / MEDIUM).open("wb") as medium:
        medium.truncate(256 << 20)
    backup = begin_backup(site, target)
    copy = target.with_name(target.name + ".partial") / "intake" / "media" / MEDIUM
    try:
        wait_for(lambda: backup.poll() is not None or copy.exists(), 20, 0.001)
        backup.send_signal(signal.SIGSTOP)
        assert backup.poll() is None and not (copy.parents[2] / "casework" / "store.db").exists(), "it was too fast for us"
        yield backup
    finally:
        backup.send_signal(signal.SIGCONT)


class Reporter(threading.Thread):
    """Sends one report after the other until it is told to stop; how long each took."""

    def __init__(self, site, texts):
        super().__init__(daemon=True)
        self.site, self.texts, self.seconds, self.tickets, self.enough = site, iter(texts), [], [], threading.Event()
        self.untroubled = False

    def run(self):
        while not self.enough.is_set():
            begun = time.monotonic()
            self.tickets.append(self.site.report(next(self.texts)))
            self.seconds.append(time.monotonic() - begun)
        self.untroubled = True


def log_bytes(site):
    return {daemon["name"]: daemon["log_bytes"] for daemon in site.status()["daemons"]}


def are_long(logs):
    """Those who work on every report would have moved theirs long ago."""
    return min(logs["intake"], logs["triage"], logs["casework"]) > 2 * LOG_IDLE


def test_the_site_works_while_it_is_copied(fresh, tmp_path):
    """Nobody who reports waits for the backup, and what it holds is what was acknowledged when it began, although every log
    had been moved into its store's file just before, and would be moved again meanwhile."""
    site = fresh()
    kept = [site.report(text) for text in reports(200)]
    settled(site, kept[-3:])
    before = {ticket: site.trace(ticket) for ticket in kept[::20]}
    reporter = Reporter(site, reports(100000, 1000))
    reporter.start()
    with stopped_while_copying(site, tmp_path / "snapshot") as backup:
        later = len(reporter.tickets) + 1  # the one under way may be in it
        wait_for(lambda: are_long(log_bytes(site)), 120, 0.2)
    assert backup.wait(60) == 0, backup.stderr.read()
    reporter.enough.set()
    reporter.join()
    assert reporter.untroubled
    assert max(reporter.seconds) < slack(), f"somebody waited {max(reporter.seconds)} s"
    wait_for(lambda: max(log_bytes(site).values()) <= LOG_IDLE, 30)
    settled(site, reporter.tickets[-1:])
    site.stop()
    site.ctl("restore", str(tmp_path / "snapshot"))
    site.start(ready=False)
    site.wait_ready(states=("ready", "degraded"))
    for ticket, trace in before.items():
        after = site.trace(ticket)
        assert after["case"] == trace["case"] and after["offers"] == trace["offers"]
    for ticket in reporter.tickets[later::50]:
        assert site.ctl("trace", ticket, "--json", check=False).returncode == 1, "it came after the barrier"
    again = site.report(reports(1, 999)[0])
    settled(site, [again])


def test_a_daemon_that_ends_meanwhile_makes_it_none(fresh, tmp_path):
    """Its start has moved the log into the file."""
    site = fresh()
    settled(site, [site.report(text) for text in reports(3)])
    with stopped_while_copying(site, tmp_path / "snapshot") as backup:
        second = site.ctl("backup", str(tmp_path / "second"), check=False)
        assert second.returncode == 1 and "another backup" in second.stderr
        site.kill("casework")
        site.wait_ready()
    assert backup.wait(60) == 1
    assert "casework has ended" in backup.stderr.read()
    assert not (tmp_path / "snapshot").exists() and (tmp_path / "snapshot.partial").exists()
    settled(site, [site.report(reports(1, 50)[0])])
    site.ctl("backup", str(tmp_path / "third"))


class Listeners(threading.Thread):
    """In place of daemons that run: what a backup asks of each, and answers as told. answer(daemon, action) -> status, or None
    to say nothing."""

    def __init__(self, data, answer):
        import zmq

        super().__init__(daemon=True)
        self.answer, self.asked, self.enough = answer, [], threading.Event()
        self.context, self.poller, self.sockets, self.locks = zmq.Context(), zmq.Poller(), {}, []
        (data / "run").mkdir(exist_ok=True)
        for name in DAEMONS:
            (data / name).mkdir()
            (data / name / "store.db").write_bytes(b"a store")
            self.locks.append((data / name / "store.db.lock").open("w"))
            fcntl.flock(self.locks[-1], fcntl.LOCK_EX)
            socket = self.context.socket(zmq.ROUTER)
            socket.bind(f"ipc://{data}/run/{name}.view")
            self.poller.register(socket, zmq.POLLIN)
            self.sockets[socket] = name
        self.start()

    def run(self):
        View, ViewAnswer = message("view", "View"), message("view", "ViewAnswer")
        while not self.enough.is_set():
            for socket, _ in self.poller.poll(50):
                origin, frame = socket.recv_multipart()
                view = View.FromString(frame)
                self.asked.append((self.sockets[socket], view.control.action))
                status = self.answer(self.sockets[socket], view.control.action)
                if status:
                    socket.send_multipart([origin, ViewAnswer(number=view.number, status=status).SerializeToString()])

    def end(self):
        self.enough.set()
        self.join()
        for socket in self.sockets:
            socket.close(0)
        self.context.term()
        for lock in self.locks:
            lock.close()


@contextmanager
def listeners(site, answer):
    one = Listeners(site.data, answer)
    try:
        yield one
    finally:
        one.end()


def everybody(action, names=DAEMONS):
    return [(name, action) for name in names]


def test_nobody_lies_still_for_a_backup_that_one_refuses(fresh, tmp_path):
    site = fresh(start=False)
    third = DAEMONS[2]
    with listeners(site, lambda name, action: 503 if name == third else 200) as those:
        done = site.ctl("backup", str(tmp_path / "snapshot"), check=False)
    assert done.returncode == 1 and f"{third} does not answer" in done.stderr
    assert those.asked == everybody("barrier", DAEMONS[:3]) + everybody("resume", DAEMONS[:3])


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_interrupted_while_it_asks(fresh, tmp_path, number):
    """Whoever was asked to lie still is told to go on at once, not left to wait for the end of the barrier."""
    site = fresh(start=False)
    asked = threading.Event()

    def answer(name, action):
        if (name, action) != (DAEMONS[2], "barrier"):
            return 200
        return asked.set()

    with listeners(site, answer) as those:
        backup = begin_backup(site, tmp_path / "snapshot")
        assert asked.wait(20)
        backup.send_signal(number)
        assert backup.wait(5 * slack()) == 1
    assert "interrupted" in backup.stderr.read()
    assert those.asked == everybody("barrier", DAEMONS[:3]) + everybody("resume", DAEMONS[:3])
    assert not (tmp_path / "snapshot").exists()


def test_interrupted_while_it_copies_the_logs(fresh, tmp_path):
    site = fresh(start=False)
    with listeners(site, lambda name, action: 200) as those:
        with (site.data / "intake" / "store.db-wal").open("wb") as log:
            log.truncate(512 << 20)  # long enough to be caught at it
        backup = begin_backup(site, tmp_path / "snapshot")
        copy = tmp_path / "snapshot.partial" / "intake" / "store.db-wal"
        wait_for(lambda: backup.poll() is not None or copy.exists(), 20, 0.001)
        backup.send_signal(signal.SIGTERM)
        assert backup.wait(5 * slack()) == 1
    assert copy.stat().st_size < 512 << 20, "it was too fast for us"
    assert "interrupted" in backup.stderr.read()
    assert those.asked == everybody("barrier") + everybody("resume")


def test_a_backup_that_cannot_be_kept_says_so(fresh, tmp_path):
    """Somebody makes the folder of that name meanwhile, with something in it."""
    site = fresh(start=False)

    def answer(name, action):
        (tmp_path / "snapshot" / "another").mkdir(parents=True, exist_ok=True)
        return 200

    with listeners(site, answer) as those:
        done = site.ctl("backup", str(tmp_path / "snapshot"), check=False)
    assert those.asked == everybody("barrier") + everybody("copy") + everybody("resume")
    assert done.returncode == 1 and "cannot be named" in done.stderr


def test_a_disk_that_takes_only_a_part_is_named(fresh, tmp_path):
    """A write that ends short gives no reason, the one behind it does. A limit of sizes ends it as a full disk would; its
    signal, which Python ignores, stays ignored by restore_signals=False."""
    site = fresh(start=False)
    limit = 3 << 19
    with listeners(site, lambda name, action: 200) as those:
        (site.data / "intake" / "store.db-wal").write_bytes(bytes(4 << 20))
        backup = begin_backup(site, tmp_path / "snapshot", restore_signals=False,
                              preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)))
        said = backup.communicate(timeout=60)[1]
    assert backup.returncode == 1 and "intake/store.db-wal cannot be copied: File too large" in said
    assert those.asked == everybody("barrier") + everybody("resume")
