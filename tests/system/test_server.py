"""A server as deploy/systemd/README.md and deploy/nginx say: each daemon a user of its own, nginx one who is let into nothing
but the HTTP sockets. Users are numbers here, and systemd is this process: nothing of the machine is changed."""

import concurrent.futures
import http.client
import json
import os
import re
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

import pytest
from sigap import BIN, DAEMONS, HOUSE, COMPLAINTS, START_S, free_port, slack, wait_for
from test_resilience import reports

GROUPS = {name: 61000 + number for number, name in enumerate(
    ("sigap", "sigap-site", "sigap-hash", "sigap-http", "sigap-mail"))}
USERS = {name: 61100 + number for number, name in enumerate((*DAEMONS, "watch", "nginx", "postfix"))}
STRANGERS = ("nginx", "postfix")  # of no group of the daemons
MORE = {"sigap-site": ("triage", "casework"), "sigap-hash": ("intake", "triage", "casework", "notifier", "console"),
        "sigap-http": ("intake", "console", "nginx"), "sigap-mail": ("intake", "postfix")}
FOLDERS = ("lib", "etc", "var", "http", "mail")

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root may be many users; 2026-11-27")


def as_user(name):
    """Arguments of subprocess: this user, with the groups and the mask that the unit gives it."""
    more = [GROUPS[group] for group, users in MORE.items() if name in users]
    return dict(user=USERS[name], group=USERS[name] if name in STRANGERS else GROUPS["sigap"], extra_groups=more, umask=0o027)


class Server:
    def __init__(self):
        self.home = Path(tempfile.mkdtemp(prefix="sg-", dir="/tmp"))
        self.lib, self.etc, self.var, self.sockets, self.mail = (self.home / name for name in FOLDERS)
        self.daemons, self.nginx, self.port = {}, None, free_port()

    # --- what the READMEs say

    def folder(self, path, mode, user=0, group=0):
        path.mkdir()
        os.chown(path, user, group)
        path.chmod(mode)

    def install(self):
        self.home.chmod(0o755)
        for folder in (self.lib, self.etc):
            self.folder(folder, 0o755)
        for name in ("sigapctl", *(f"sigap-{daemon}" for daemon in DAEMONS)):
            shutil.copy(BIN / name, self.lib)
        shutil.copytree(HOUSE / "deploy" / "sites" / "jatim", self.etc / "sites" / "default")
        shutil.copytree(HOUSE / "deploy" / "gazetteer", self.etc / "gazetteer")
        self.folder(self.sockets, 0o3770, group=GROUPS["sigap-http"])
        self.folder(self.mail, 0o3770, group=GROUPS["sigap-mail"])
        self.make_folders()
        self.ctl("keys")
        self.give_keys()
        return self

    def make_folders(self):
        self.folder(self.var, 0o2750, group=GROUPS["sigap"])
        self.folder(self.var / "run", 0o3770, group=GROUPS["sigap"])
        for name in DAEMONS:
            self.folder(self.var / name, 0o700, USERS[name], GROUPS["sigap"])
        self.folder(self.var / "outbox", 0o700, USERS["notifier"], GROUPS["sigap"])

    def give_keys(self):
        keys = self.var / "keys"
        for name in DAEMONS:
            if (keys / f"local-{name}.key").exists():
                os.chown(keys / f"local-{name}.key", USERS[name], -1)
        for key, group in (("site.key", "sigap-site"), ("hash.key", "sigap-hash")):
            os.chown(keys / key, -1, GROUPS[group])
            (keys / key).chmod(0o640)

    def start(self):
        for name in DAEMONS:
            http_at = ["--http", f"unix:{self.sockets}/{name}.http"] if name in ("intake", "console") else []
            log = open(self.home / f"{name}.log", "a")
            self.daemons[name] = subprocess.Popen(
                [self.lib / f"sigap-{name}", "--data", self.var, "--site", self.etc / "sites" / "default", *http_at],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, env={**os.environ, "SIGAP_LMTP": f"{self.mail}/intake.lmtp"},
                **as_user(name))
        try:
            wait_for(self.is_heard, START_S, 0.1)
        except AssertionError as late:
            raise AssertionError(f"{late}\n{self.status()}\n{self.said()}") from None
        return self

    def start_nginx(self):
        """deploy/nginx/sigap.conf without TLS, whose keys are not ours, as a user who is not of the daemons' group."""
        conf = (HOUSE / "deploy" / "nginx" / "sigap.conf").read_text()
        conf = re.sub(r"^ *(ssl_|listen \[::\]).*\n", "", conf, flags=re.MULTILINE)
        work, self.plain_port = self.home / "nginx", free_port()
        conf = conf.replace("listen 443 ssl http2", f"listen 127.0.0.1:{self.port}").replace(
            "listen 80;", f"listen 127.0.0.1:{self.plain_port};").replace("/var/lib/sigap-http", str(self.sockets)).replace(
            "/var/log/nginx", str(work))
        self.folder(work, 0o700, USERS["nginx"], USERS["nginx"])
        temporary = "".join(f"{what}_temp_path {work}/{what};\n" for what in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
        (self.etc / "nginx.conf").write_text(f"daemon off;\nworker_processes 1;\npid {work}/pid;\nerror_log {work}/log error;\n"
                                             f"events {{}}\nhttp {{\naccess_log {work}/access;\n{temporary}{conf}\n}}\n")
        self.nginx = subprocess.Popen(["nginx", "-p", work, "-c", self.etc / "nginx.conf", "-e", work / "log"],
                                      stdin=subprocess.DEVNULL, **as_user("nginx"))
        wait_for(lambda: self.request("GET", "/v1/ready")[0], 10)

    # --- what is asked of it

    def ctl(self, *words, user=None, check=True):
        done = subprocess.run([self.lib / "sigapctl", "--data", self.var, "--site", self.etc / "sites" / "default", *words],
                              capture_output=True, text=True, timeout=60, **(as_user(user) if user else {}))
        assert not check or done.returncode == 0, (words, done.stdout, done.stderr, self.said())
        return done

    def status(self):
        return self.ctl("status", "--json", user="watch", check=False).stdout

    def is_heard(self):
        """every daemon answers the watch and hears those whose journals it reads"""
        daemons = json.loads(self.status())["daemons"]
        return all(one["state"] in ("ready", "degraded") for one in daemons) and {
            link["state"] for one in daemons for link in one["links"]} == {"live"}

    def said(self):
        return "".join(f"--- {path.name}\n{path.read_text(errors='replace')[-3000:]}" for path in self.home.glob("*.log"))

    def request(self, method, path, document=None, headers=None, port=None):
        """(status or 0 without an answer, headers, body), through nginx."""
        connection = http.client.HTTPConnection("127.0.0.1", port or self.port, timeout=30)
        try:
            connection.request(method, path, document and json.dumps(document), headers or {})
            answer = connection.getresponse()
            return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
        except OSError:
            return 0, {}, b""
        finally:
            connection.close()

    def report(self, token, text):
        return self.request("POST", "/v1/reports", {"source": "test", "text": text},
                            {"Authorization": f"Bearer {token}", "Content-Type": "application/json"})

    def can(self, user, *words):
        return subprocess.run(words, capture_output=True, **as_user(user)).returncode == 0

    # --- the end

    def stop(self):
        """The status of each; their logs say nothing of errors."""
        for process in self.daemons.values():
            process.terminate()
        ends = {name: process.wait(20) for name, process in self.daemons.items()}
        self.daemons = {}
        assert set(ends.values()) <= {0}, (ends, self.said())
        bad = [line for line in self.said().splitlines() if COMPLAINTS.search(line) or "level=error" in line]
        assert not bad, bad

    def clean(self):
        if self.nginx:
            self.nginx.terminate()  # ends its workers, which a kill would leave behind
            self.nginx.wait(20)
        for process in self.daemons.values():
            process.kill()
            process.wait()
        shutil.rmtree(self.home, ignore_errors=True)


@pytest.fixture
def server():
    one = Server()
    try:
        yield one.install()
    finally:
        one.clean()


def case_of(server, ticket):
    trace = json.loads(server.ctl("trace", ticket, "--json", user="watch").stdout)
    return trace["case"] and trace["tasks"] and trace["case"]["id"]


def test_each_daemon_hears_the_others(server):
    server.start()
    server.start_nginx()
    token = json.loads(server.ctl("token", "issue", "test", user="watch").stdout)["token"]
    status, _, body = server.report(token, reports(1)[0])
    assert status == 202, (status, body)
    wait_for(lambda: case_of(server, json.loads(body)["ticket"]), 20, 0.1)
    assert server.request("GET", "/")[0] == 200, "the console's page"
    server.stop()


def test_nobody_has_more_than_is_theirs(server):
    server.start()
    var = server.var
    assert server.can("triage", "cat", var / "keys" / "site.key")
    for name in ("intake", "router", "notifier", "console", "watch", "nginx"):
        assert not server.can(name, "cat", var / "keys" / "site.key"), name
    for name in (*DAEMONS, "watch"):
        assert server.can(name, "test", "-w", var / name) == (name != "watch"), name
        for what in ("keys", "run", "outbox", *(one for one in DAEMONS if one != name)):
            assert not server.can(name, "mv", var / what, var / "away"), (name, what)
        assert name == "casework" or not server.can(name, "mv", var / "run" / "casework.view", var / "run" / "away"), name
    assert not server.can("nginx", "ls", var) and not server.can("nginx", "test", "-w", var / "run" / "casework.view")
    assert server.can("nginx", "test", "-w", server.sockets / "intake.http")
    assert not server.can("triage", "test", "-w", server.sockets / "intake.http")
    server.stop()


def test_a_mail_server_hands_its_mails_over(server):
    """A user of its own too, who reaches this socket and nothing else; the password of the mailbox is intake's."""
    password = server.var / "keys" / "mail.password"
    password.write_text("rahasia\n")
    password.chmod(0o600)
    os.chown(password, USERS["intake"], GROUPS["sigap"])
    (server.etc / "sites" / "default" / "sources.yaml").write_text(
        "channels:\n  - name: lapor\n    source: email\n    options:\n      - {name: address, value: lapor@sigap.example}\n"
        "      - {name: server, value: 'smtp://127.0.0.1:9'}\n      - {name: user, value: lapor}\n"
        "      - {name: password_file, value: mail.password}\n")
    server.start()
    mail = f"From: A <a@example.org>\nMessage-ID: <1@example.org>\nSubject: Lapor\n\n{reports(1)[0]}\n"
    hand_over = ("import smtplib, sys; smtplib.LMTP(sys.argv[1]).sendmail('a@example.org', ['lapor@sigap.example'], "
                 "sys.argv[2].encode())")
    socket = server.mail / "intake.lmtp"
    assert server.can("postfix", "/usr/bin/python3", "-c", hand_over, socket, mail)
    wait_for(lambda: json.loads(server.ctl("list", "triage", "cases", user="watch").stdout), 20, 0.1)
    assert not server.can("postfix", "ls", server.var) and not server.can("postfix", "ls", server.sockets)
    for name in ("triage", "console", "watch", "nginx"):
        assert not server.can(name, "test", "-w", socket) and not server.can(name, "cat", password), name
    server.stop()


def test_what_root_restores_is_the_daemons(server):
    server.start()
    token = json.loads(server.ctl("token", "issue", "test", user="watch").stdout)["token"]
    server.start_nginx()
    tickets = [json.loads(server.report(token, text)[2])["ticket"] for text in reports(3)]
    for ticket in tickets:
        wait_for(lambda: case_of(server, ticket), 20, 0.1)
    server.ctl("backup", str(server.home / "snapshot"))
    server.stop()
    server.ctl("restore", str(server.home / "snapshot"))
    for name in DAEMONS:
        for path in (server.var / name, *(server.var / name).rglob("*")):
            assert (path.stat().st_uid, path.stat().st_gid) == (USERS[name], GROUPS["sigap"]), path
    server.start()
    assert all(case_of(server, ticket) for ticket in tickets)
    server.stop()


def test_a_new_machine_takes_the_keys_of_the_snapshot(server):
    """The folders are made first, no keys; they come with the snapshot, and are given to their owners as those of the first."""
    server.start()
    server.start_nginx()
    token = json.loads(server.ctl("token", "issue", "test", user="watch").stdout)["token"]
    ticket = json.loads(server.report(token, reports(1)[0])[2])["ticket"]
    wait_for(lambda: case_of(server, ticket), 20, 0.1)
    server.ctl("backup", "--with-keys", str(server.home / "snapshot"))
    server.stop()
    shutil.rmtree(server.var)
    server.make_folders()
    server.ctl("restore", str(server.home / "snapshot"))
    server.give_keys()
    server.start()
    assert case_of(server, ticket)
    server.stop()


def test_nginx_lets_nobody_wait(server):
    """Of a flood from one address the burst is taken at once, and the rest told at once, with the emergency numbers."""
    server.start()
    server.start_nginx()
    token = json.loads(server.ctl("token", "issue", "test", user="watch").stdout)["token"]

    def timed(number):
        begun = time.monotonic()
        return *server.report(token, f"{reports(1)[0]} ({number})"), time.monotonic() - begun

    begun = time.monotonic()
    with concurrent.futures.ThreadPoolExecutor(32) as pool:
        answers = list(pool.map(timed, range(400)))
    lasted = time.monotonic() - begun
    assert {status for status, *_ in answers} == {202, 429}, [status for status, *_ in answers]
    taken = sum(status == 202 for status, *_ in answers)
    assert 200 <= taken <= 202 + 20 * lasted, (taken, lasted)
    assert sorted(waited for *_, waited in answers)[-20] < 2 * slack(), "they wait for each other"
    for status, headers, body, _ in answers:
        if status == 429:
            assert headers["content-type"] == "application/problem+json" and int(headers["retry-after"]) >= 1
            assert json.loads(body)["status"] == 429 and b"112" in body
    server.stop()


def test_an_outage_is_a_503_and_written_nowhere(server):
    """No daemon is there; nobody finds in nginx's logs what it was asked for, and bots come again at 503 only."""
    server.start_nginx()
    sms = "/v1/hooks/kannel/sms/HUSH?sender=%2B628123&message=Bapak+memukul+HUSH"
    status, headers, body = server.request("GET", sms)
    assert (status, json.loads(body)["status"], headers["retry-after"]) == (503, 503, "5") and b"112" in body
    numbers = [row["number"] for row in json.loads(body)["emergency"]["numbers"]]
    assert numbers == ["112", "110", "119", "129"] and "129" in json.loads(body)["emergency"]["text_en"]
    assert server.request("GET", sms, port=server.plain_port)[0] == 301
    with concurrent.futures.ThreadPoolExecutor(32) as pool:
        limited = set(pool.map(lambda number: server.request("GET", f"/v1/reports/HUSH{number}")[0], range(300)))
    assert limited == {429, 503}, limited
    logs = [path for path in (server.home / "nginx").iterdir() if path.is_file()]
    assert {path.name for path in logs} >= {"log", "access"}
    assert not [path.name for path in logs if b"HUSH" in path.read_bytes()]
