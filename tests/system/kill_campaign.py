#!/usr/bin/python3
"""kill -9 of random daemons while reports come in; afterwards every acknowledged report is in exactly one place, and
nothing was done twice.

    tests/system/kill_campaign.py [--kills 200] [--reports 20000] [--seed N] [--minutes 20] [--boundaries] [--keep]

Senders repeat a report with its external id until it is acknowledged, as bots do. --keep leaves the data folder of a
failed run. --boundaries: the daemon dies exactly at a boundary of a commit (before its fdatasync, after it, or between
two writes; die_at.c) instead of anywhere. The seed chooses who is killed and when; what the machine makes of it is its own."""

import argparse
import collections
import http.client
import json
import os
import random
import shutil
import socket
import signal
import sqlite3
import struct
import sys
import tempfile
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
import sigap  # noqa: E402

SENDERS = 8
TOLD_SAMPLE = 200  # cases whose alerts are looked at one by one
SETTLED = {1: "in_review", 2: "case", 3: "information", 4: "joined"}  # triage's report states

PLACES = ("Wlingi Blitar", "Parang Magetan", "Benjeng Gresik", "Watulimo Trenggalek", "Kalianget Sumenep", "Dampit Malang",
          "Papar Kediri", "Krian Sidoarjo", "Diwek Jombang", "Jatirogo Tuban")
FORMS = (
    "Nenek tetangga {i} umur {age} tahun di {place} hidup sebatang kara, tidak punya keluarga, tidak terurus, laporan {i}.",
    "Anak tetangga {i} umur 9 tahun sedang dipukuli bapaknya sekarang di {place}, tolong segera, rumah nomor {i}.",
    "Tetangga saya {i} di {place} dipasung, kakinya dirantai di belakang rumah, saya lihat sendiri, laporan {i}.",
    "Saya di {place}, suami memukuli saya dan mengusir kami tadi malam, umur saya {age} tahun, laporan {i}.",
    "Min, mau tanya PKH saya kok belum cair, kapan ya? Pertanyaan nomor {i}.",
    "Pak, itu yang di rumah pojok nomor {i} kasihan sekali, mohon dilihat ya.",
)


def text(i):
    return FORMS[i % len(FORMS)].format(i=i, age=30 + i % 50, place=PLACES[i // len(FORMS) % len(PLACES)])


class OverUnixSocket(http.client.HTTPConnection):
    def __init__(self, path):
        super().__init__("localhost", timeout=10)
        self.path = str(path)

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self.path)


class Boundaries:
    """What die_at.c reads: a folder with a file for each daemon. A boundary is armed for the next few calls, then the daemon is gone."""

    SHIM = sigap.BIN.parent / "tests" / "die_at.so"
    KINDS = {1: "before a sync", 2: "after a sync", 3: "after a write"}
    SLOT = struct.Struct("=qq")  # countdown, boundary
    WAIT_S = 0.5  # for a daemon that commits; one that has nothing to do is killed from outside

    def __init__(self, path):
        path.mkdir()
        for name in sigap.DAEMONS:
            (path / f"sigap-{name}").write_bytes(bytes(self.SLOT.size))
        self.files = {name: open(path / f"sigap-{name}", "r+b", buffering=0) for name in sigap.DAEMONS}
        self.env = {"LD_PRELOAD": str(self.SHIM), "DIE_AT": str(path)}
        self.died = collections.Counter()

    def write(self, daemon, countdown, boundary):
        file = self.files[daemon]
        file.seek(8)
        file.write(struct.pack("=q", boundary))
        file.seek(0)
        file.write(struct.pack("=q", countdown))

    def kill(self, site, daemon, random_):
        """Lets it die at the boundary; the supervisor starts it again."""
        pid, boundary = site.pid(daemon), random_.choice(list(self.KINDS))
        os.kill(pid, 0)  # there is one to be killed
        site.killed += 1
        self.write(daemon, random_.randint(1, 6), boundary)
        until = time.monotonic() + self.WAIT_S
        while time.monotonic() < until:
            if site.pid(daemon) != pid:
                self.died[self.KINDS[boundary]] += 1
                return
            time.sleep(0.005)
        self.write(daemon, 0, 0)
        try:
            os.kill(pid, signal.SIGKILL)
            self.died["from outside"] += 1
        except ProcessLookupError:  # dead, and not yet started again
            self.died[self.KINDS[boundary]] += 1


class Campaign:
    def __init__(self, site, kills, reports, seed, minutes, boundaries=None):
        self.boundaries = boundaries
        self.site, self.kills, self.reports, self.minutes = site, kills, reports, minutes
        self.random = random.Random(seed)
        self.tickets = {}  # external id -> ticket
        self.lock = threading.Lock()
        self.next = 0
        self.repeated = 0
        self.stopped = threading.Event()
        self.until = time.monotonic() + minutes * 60
        self.contradictions = []
        self.places = {}
        site.allowed.append(r"event=parked")  # counted below, with the reason

    # --- sending

    def take(self):
        with self.lock:
            if self.next == self.reports or self.stopped.is_set():
                return None
            self.next += 1
            return self.next - 1

    def send(self):
        connection = None
        while (i := self.take()) is not None:
            body = json.dumps({"source": "campaign", "external_id": f"k-{i}", "text": text(i)}).encode()
            headers = {"Authorization": f"Bearer {self.site.token}", "Content-Type": "application/json"}
            while not self.stopped.is_set():
                try:
                    connection = connection or OverUnixSocket(self.site.data / "run" / "intake.http")
                    connection.request("POST", "/v1/reports", body, headers)
                    answer = connection.getresponse()
                    document = json.loads(answer.read())
                    if answer.status == 202:
                        self.note(f"k-{i}", document["ticket"])
                        break
                    if answer.status not in (429, 503):
                        self.contradictions.append(f"k-{i} was refused: {answer.status} {document}")
                        break
                except (OSError, http.client.HTTPException, ValueError):
                    if connection:
                        connection.close()
                    connection = None
                self.repeated += 1
                time.sleep(0.02)

    def note(self, external_id, ticket):
        with self.lock:
            self.tickets[external_id] = ticket

    # --- killing

    def kill(self):
        for done in range(self.kills):
            due = (done + self.random.random()) * self.reports / self.kills  # spread over all reports
            while len(self.tickets) < due and not self.stopped.is_set():
                if time.monotonic() > self.until:
                    self.stopped.set()
                    self.contradictions.append(f"not done within {self.minutes} minutes: {len(self.tickets)} acknowledged")
                time.sleep(0.001)
            if self.stopped.is_set():
                return
            time.sleep(self.random.random() * 0.02)
            self.kill_one()

    def kill_one(self):
        """One that lives: who is just dead is being started again, and its pid file written."""
        for _ in range(100):
            daemon = self.random.choice(sigap.DAEMONS)
            try:
                if self.boundaries:
                    return self.boundaries.kill(self.site, daemon, self.random)
                return self.site.kill(daemon)
            except (AssertionError, OSError, ValueError):
                time.sleep(0.02)

    def run(self):
        threads = [threading.Thread(target=self.send) for _ in range(SENDERS)] + [threading.Thread(target=self.kill)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        try:
            self.site.wait_ready(60, states=("ready", "degraded"))
            self.site.idle(60 + self.reports / 50)
        except AssertionError as late:
            self.contradictions.append(str(late)[:400])

    # --- judging

    def judge(self):
        """A list of contradictions; empty when all is well. Ends the site."""
        found = self.contradictions
        if len(self.tickets) != self.reports:
            found.append(f"{self.reports} reports, {len(self.tickets)} acknowledged")
        if len(set(self.tickets.values())) != len(self.tickets):
            found.append("one ticket was given to two reports")
        known = {}
        for external_id, ticket in self.tickets.items():
            status, document = self.site.views.view("intake", timeout=10, report={"ticket": ticket})
            if status != 200:
                found.append(f"{external_id}: its ticket is unknown ({status})")
                continue
            known[document["report"]["id"]] = document
        if len(known) != len(self.tickets):
            found.append("two tickets lead to one report")
        found += self.judge_told()
        self.site.stop()
        return found + self.judge_stores({sigap.id_bytes(report): document for report, document in known.items()})

    def judge_told(self):
        """Somebody was told of each case, once."""
        found = []
        cases = self.site.views.view("triage", timeout=10, list={"name": "cases", "limit": TOLD_SAMPLE})[1]
        for row in cases["cases"] if isinstance(cases, dict) else cases:
            status, document = self.site.views.view("notifier", timeout=10, case_file={"case_id": sigap.id_bytes(row["id"])})
            alerts = document["alerts"] if status == 200 else []
            about = collections.Counter(alert["subject"] for alert in alerts)
            if about["case"] != 1:
                found.append(f"case {row['id']} has {about['case']} alerts of its own: {alerts}")
        return found

    def judge_stores(self, known):
        found, rows = [], self.rows
        reports = {row[0]: (row[1], row[2]) for row in rows("triage", "SELECT report_id, state, case_id FROM report")}
        taken = [row[0] for row in rows("intake", "SELECT id FROM report")]
        if len(taken) != len(set(taken)) or set(taken) != set(known):
            found.append(f"intake has {len(taken)} rows for {len(known)} acknowledged reports")
        reviews = {row[0] for row in rows("triage", "SELECT report_id FROM review")}
        cases = dict(rows("triage", "SELECT report_id, case_id FROM open_case"))
        places = collections.Counter()
        for report in known:
            state, case = reports.get(report, (0, None))
            word = SETTLED.get(state, "nowhere")
            places[word] += 1
            if word == "nowhere" or (word == "case") != (report in cases) or (word == "in_review") != (report in reviews):
                found.append(f"report {report.hex()} is {word}, a case: {report in cases}, a review: {report in reviews}")
        for name in sigap.DAEMONS:
            for number, journal, lane, sequence, reason in rows(
                    name, "SELECT number, journal, lane, sequence, reason FROM parked"):
                found.append(f"{name} has parked {journal}/{lane}/{sequence}: {reason}")
            count = rows(name, "SELECT count(*) FROM waiting")[0][0]
            if count:
                found.append(f"{name} has {count} records that wait")
        opened = [row[0] for row in rows("triage", "SELECT case_id FROM open_case")]
        filed = [row[0] for row in rows("casework", "SELECT id FROM case_file")]
        placed = [row[0] for row in rows("router", "SELECT case_id FROM referral")]
        for name, there in (("casework", filed), ("router", placed)):
            if sorted(there) != sorted(opened):
                found.append(f"{name} has {len(there)} of {len(opened)} cases")
        asked = collections.Counter(row[0] for row in rows("router", "SELECT case_id FROM offer WHERE open = 1"))
        found += [f"case {case.hex()} has {count} open offers" for case, count in asked.items() if count > 1]
        over = rows("router", "SELECT facility FROM capacity WHERE held > places")
        found += [f"{facility} holds more than its places" for (facility,) in over]
        self.places = dict(places)
        return found

    def rows(self, name, sql):
        with sqlite3.connect(self.site.data / name / "store.db") as db:
            return db.execute(sql).fetchall()


def main():
    parser = argparse.ArgumentParser(description="kill -9 under load")
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--reports", type=int, default=20000)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    parser.add_argument("--minutes", type=float, default=20)
    parser.add_argument("--boundaries", action="store_true")
    parser.add_argument("--keep", action="store_true")
    chosen = parser.parse_args()
    print(f"seed {chosen.seed}", flush=True)
    folder = tempfile.TemporaryDirectory(prefix="sg-die-")
    boundaries = Boundaries(Path(folder.name) / "slots") if chosen.boundaries else None
    site = sigap.Site(env=boundaries.env if boundaries else None)
    site.allowed = [r"event=broken"]
    try:
        site.start()
        campaign = Campaign(site, chosen.kills, chosen.reports, chosen.seed, chosen.minutes, boundaries)
        begun = time.monotonic()
        campaign.run()
        found = campaign.judge()
    finally:
        site.stop(judge=False)
    for contradiction in found[:50]:
        print(contradiction)
    print(f"{site.killed} kills, {len(campaign.tickets)} reports acknowledged, {campaign.repeated} sendings repeated, "
          f"{campaign.places}, {time.monotonic() - begun:.0f} s: {len(found)} contradictions")
    if boundaries:
        print(", ".join(f"{count} {where}" for where, count in sorted(boundaries.died.items())))
    if found and chosen.keep:
        print(f"kept: {site.data}")
    else:
        shutil.rmtree(site.data, ignore_errors=True)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
