"""A running site for tests: real processes on a fresh data folder, asked over their real doors.

Teardown is a judge: stop() fails the test when the supervisor does not end with 0, when a process is left over, when a
daemon ended that nobody killed, when a log holds an error nobody announced, or a sanitizer said anything.
"""

import http.client
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
from pathlib import Path

HOUSE = Path(__file__).resolve().parents[2]
BIN = Path(os.environ.get("SIGAP_BIN", HOUSE / "build" / "release" / "bin"))
JATIM = Path(os.environ.get("SIGAP_SITE", HOUSE / "deploy" / "sites" / "jatim"))
START_S = 30  # a cold start on a busy machine; a healthy one takes less than one
COMPLAINTS = re.compile(r"AddressSanitizer|LeakSanitizer|ThreadSanitizer|runtime error:|Assertion .* failed|malloc\(\)")
# Those that run here, as the site says.
DAEMONS = tuple(re.findall(r"^  - name: (\S+)\n    core: yes", (JATIM / "links.yaml").read_text(), re.MULTILINE))


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(what, timeout=10.0, every=0.02):
    """The first true value of what(); fails after timeout seconds with the last value."""
    until = time.monotonic() + timeout
    while True:
        value = what()
        if value or time.monotonic() >= until:
            assert value, f"not within {timeout} s: {getattr(what, '__doc__', None) or what}"
            return value
        time.sleep(every)


def is_sanitized():
    """Built with AddressSanitizer or ThreadSanitizer: slower, larger, and first to be loaded."""
    return b"sanitizer" in subprocess.run(["nm", "-C", BIN / "sigap-intake"], stdout=subprocess.PIPE).stdout


def slack():
    """How much longer a computation takes here than the processor time it needs: 1 on a machine that does nothing else.
    Limits of time in tests are multiplied by it, so that they judge us and not our neighbours."""
    wall, cpu = time.monotonic(), time.process_time()
    while time.process_time() - cpu < 0.2:
        sum(range(1000))
    return max(1.0, (time.monotonic() - wall) / (time.process_time() - cpu))


def pss_mib(pid):
    """Memory of a process, its share of what it shares included."""
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) / 1024
    return 0


class UnixConnection(http.client.HTTPConnection):
    """HTTP over a local socket."""

    def __init__(self, path, timeout=30):
        super().__init__("localhost", timeout=timeout)
        self.path = str(path)

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self.path)


class Answer:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    @property
    def json(self):
        return json.loads(self.body)

    def __repr__(self):
        return f"<{self.status} {self.body[:300]!r}>"


def protobuf():
    """Modules made from proto/ at test time: the contract itself is what is tested, not a copy of it."""
    import importlib
    import sys

    folder = Path(tempfile.gettempdir()) / f"sigap-proto-{os.getpid()}"
    if not folder.exists():
        folder.mkdir()
        files = sorted((HOUSE / "proto").glob("*.proto"))
        subprocess.run(["protoc", f"-I{HOUSE / 'proto'}", f"--python_out={folder}", *map(str, files)], check=True)
        sys.path.insert(0, str(folder))
        import atexit

        atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return importlib.import_module


def message(module, name):
    return getattr(protobuf()(module + "_pb2"), name)


ACTOR = dict(account="test", roles=["administrator", "coordinator", "operator", "auditor"], areas=["*"])


class Views:
    """Asks daemons over run/<daemon>.view, as sigapctl and the console do."""

    def __init__(self, data):
        import zmq

        self.zmq, self.data, self.number, self.sockets = zmq, data, 0, {}
        self.context = zmq.Context()

    def socket(self, name):
        if name not in self.sockets:
            self.sockets[name] = self.context.socket(self.zmq.DEALER)
            self.sockets[name].setsockopt(self.zmq.LINGER, 0)
            self.sockets[name].connect(f"ipc://{self.data}/run/{name}")
        return self.sockets[name]

    def close(self):
        for socket_ in self.sockets.values():
            socket_.close()
        self.context.term()

    def view(self, daemon, timeout=5.0, actor=None, **what):
        """what: one of report=, case_file=, list=, status=, control= ... with a dict of its fields. (status, document)"""
        View, ViewAnswer = message("view", "View"), message("view", "ViewAnswer")
        self.number += 1
        view = View(number=self.number)
        for key, value in (actor or ACTOR).items():
            field = getattr(view.actor, key)
            field.extend(value) if isinstance(value, list) else setattr(view.actor, key, value)
        for key, fields in what.items():
            part = getattr(view, key)
            part.SetInParent()
            for name, value in fields.items():
                setattr(part, name, value)
        socket_ = self.socket(daemon + ".view")
        socket_.send(view.SerializeToString())
        until = time.monotonic() + timeout
        while True:
            left = int((until - time.monotonic()) * 1000)
            if left <= 0 or not socket_.poll(left):
                return 0, None
            answer = ViewAnswer.FromString(socket_.recv())
            if answer.number == self.number:  # an answer to a question given up is not this one's
                return answer.status, json.loads(answer.json) if answer.json else None


CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def id_bytes(text):
    """The 16 bytes of an id written in 26 characters."""
    number = 0
    for letter in text:
        number = number << 5 | CROCKFORD.index(letter)
    return number.to_bytes(17, "big")[-16:]


class Site:
    def __init__(self, data=None, site=None, port=True, bin=None, env=None, before=()):
        """port=False: no nginx, requests go to intake's local socket. bin: other programs; env: added to the environment of
        the daemons; before: words before the supervisor's own (nsenter ...), which must exec it."""
        self.data = Path(data or tempfile.mkdtemp(prefix="sg-", dir="/tmp"))  # short: names of sockets have 107 bytes
        self.own_data = data is None
        self.site = Path(site or JATIM)
        self.port = free_port() if port else None
        self.bin, self.env, self.before = Path(bin or BIN), env, list(before)
        self.up = None
        self.views = None
        self.token = None
        self.allowed = []  # patterns of log lines at level=error that this test brings about
        self.killed = 0  # daemons this test ended itself
        self.held_processes = set()
        self.log = tempfile.NamedTemporaryFile("w+", prefix="sg-up-", suffix=".log", delete=False)

    # --- the supervisor

    def ctl(self, *words, check=True, timeout=60):
        done = subprocess.run(
            [self.bin / "sigapctl", "--data", self.data, "--site", self.site, *words],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=timeout,
        )
        if check:
            assert done.returncode == 0, f"sigapctl {' '.join(map(str, words))}: {done.returncode} {done.stderr}"
        return done

    def start(self, ready=True):
        self.data.mkdir(parents=True, exist_ok=True)
        words = [*self.before, self.bin / "sigapctl", "--data", self.data, "--site", self.site, "up"]
        if self.port:
            words += ["--port", str(self.port)]
        self.up = subprocess.Popen(words, stdout=self.log, stderr=self.log, stdin=subprocess.DEVNULL,
                                   start_new_session=True, env={**os.environ, **self.env} if self.env else None)
        self.views = Views(self.data)
        if ready:
            self.wait_ready()
            if not self.token:
                self.token = self.issue_token("test")
        return self

    def wait_ready(self, timeout=START_S, states=("ready",), but=()):
        def ready():
            assert self.up.poll() is None, f"the site did not start:\n{self.said()}"
            states_now = {d["name"]: d["state"] for d in self.status()["daemons"]}
            return len(states_now) > 0 and all(s in states for d, s in states_now.items() if d not in but)

        try:
            wait_for(ready, timeout, 0.05)
            if self.port and not but:
                wait_for(self.door_open, timeout, 0.05)
        except AssertionError as late:
            raise AssertionError(f"{late}\n{self.status()}\n{self.said()}") from None

    def door_open(self):
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def said(self):
        """What the supervisor and the daemons wrote."""
        text = Path(self.log.name).read_text(errors="replace")
        for path in sorted((self.data / "log").glob("*.log*")):
            text += f"--- {path.name}\n" + path.read_text(errors="replace")[-6000:]
        return text

    def stop(self, judge=True):
        if self.up and self.up.poll() is None:
            self.up.send_signal(signal.SIGTERM)
            try:
                status = self.up.wait(20)
            except subprocess.TimeoutExpired:
                status = "no end within 20 s"
        else:
            status = self.up.poll() if self.up else None
        if self.views:
            self.views.close()
            self.views = None
        started, self.up = self.up, None
        if started and not judge:
            try:
                os.killpg(started.pid, signal.SIGKILL)  # whatever a failed test has left of it
            except ProcessLookupError:
                pass
            started.wait()
        if started and judge:
            if status != 0:
                os.killpg(started.pid, signal.SIGKILL)
            assert status == 0, f"the supervisor ended with {status}:\n{self.said()}"
            assert not self.left_over(), f"left over: {self.left_over()}"
            self.judge_logs()

    def left_over(self):
        found = []
        for entry in Path("/proc").iterdir():
            try:
                words = (entry / "cmdline").read_bytes().split(b"\0") if entry.name.isdigit() else []
            except OSError:
                continue
            if any(str(self.data).encode() == word.rstrip(b"/") for word in words):
                found.append((entry.name, b" ".join(words).decode(errors="replace")))
        return found

    def judge_logs(self):
        errors, ended = [], []
        for path in (self.data / "log").glob("*.log*"):
            for line in path.read_text(errors="replace").splitlines():
                if COMPLAINTS.search(line) or ("level=error" in line and not self.is_allowed(line)):
                    errors.append(f"{path.name}: {line}")
        for line in Path(self.log.name).read_text(errors="replace").splitlines():
            if " ended (" in line:
                ended.append(line)
        assert not errors, "\n".join(errors)
        assert len(ended) <= self.killed, f"{self.killed} were killed, but:\n" + "\n".join(ended)

    def is_allowed(self, line):
        return any(re.search(pattern, line) for pattern in self.allowed)

    def clean(self):
        self.log.close()
        Path(self.log.name).unlink(missing_ok=True)
        if self.own_data:
            shutil.rmtree(self.data, ignore_errors=True)

    # --- processes

    def pid(self, daemon):
        return int(wait_for((self.data / "run" / f"{daemon}.pid").read_text, 5))  # empty while it is being written

    def signal(self, daemon, number):
        if number == signal.SIGKILL:
            self.killed += 1
        os.kill(self.pid(daemon), number)

    def kill(self, daemon):
        """kill -9; the supervisor starts it again. Returns the pid that is gone."""
        pid = self.pid(daemon)
        self.signal(daemon, signal.SIGKILL)
        return pid

    def status(self):
        done = self.ctl("status", "--json", check=False)  # ends with 1 as long as not all is ready
        assert done.returncode in (0, 1) and done.stdout, done.stderr
        return json.loads(done.stdout)

    def daemon(self, name):
        return next(d for d in self.status()["daemons"] if d["name"] == name)

    # --- the doors

    def issue_token(self, name, *scopes):
        return json.loads(self.ctl("token", "issue", name, *scopes).stdout)["token"]

    def http(self, method, path, body=None, headers=None, connection=None):
        own = connection is None
        if own:
            connection = (http.client.HTTPConnection("127.0.0.1", self.port, timeout=30) if self.port
                          else UnixConnection(self.data / "run" / "intake.http"))
        try:
            connection.request(method, path, body=body, headers=headers or {})
            answer = connection.getresponse()
            return Answer(answer.status, dict((k.lower(), v) for k, v in answer.getheaders()), answer.read())
        finally:
            if own:
                connection.close()

    def post(self, body, token=None, connection=None, **headers):
        """body: a dict becomes JSON, bytes go as they are. headers: content_type, idempotency_key ..."""
        sent = {"Authorization": f"Bearer {token or self.token}", "Content-Type": "application/json"}
        sent.update({name.replace("_", "-").title(): value for name, value in headers.items()})
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        return self.http("POST", "/v1/reports", data, {k: v for k, v in sent.items() if v is not None}, connection)

    def report(self, text, **more):
        """Sends a report; its ticket."""
        answer = self.post({"source": "test", "text": text, **more})
        assert answer.status == 202, answer
        return answer.json["ticket"]

    # --- what became of it

    def trace(self, ticket):
        return json.loads(self.ctl("trace", ticket, "--json").stdout)

    def wait_trace(self, ticket, true, timeout=10):
        """The trace once true(trace) holds."""
        last = {}

        def look():
            last["trace"] = self.trace(ticket)
            return true(last["trace"])

        try:
            wait_for(look, timeout, 0.05)
        except AssertionError:
            raise AssertionError(f"not within {timeout} s, the trace is still {json.dumps(last['trace'])}") from None
        return last["trace"]

    def outbox_bytes(self):
        """Blocks are only ever added to the files of the outbox: it grows with every message that left."""
        return sum(path.stat().st_size for path in (self.data / "outbox").rglob("*.txt"))

    def journal_heads(self, daemon="intake"):
        return sum(lane["head"] for lane in self.daemon(daemon)["journal"])

    def idle(self, timeout=20):
        """Waits until every reader has read everything."""
        def still():
            daemons = self.status()["daemons"]
            return all(d["state"] in ("ready", "degraded") and d["waiting"] == 0 for d in daemons) and all(
                link["lag"] == 0 and link["cursor"] == heads(daemons, link["from"], link["lane"])
                for d in daemons for link in d["links"])

        wait_for(still, timeout, 0.05)


def heads(daemons, journal, lane):
    for daemon in daemons:
        if daemon["name"] == journal:
            return next(entry["head"] for entry in daemon["journal"] if entry["lane"] == lane)
    return None


def site_copy(folder, change):
    """A copy of the jatim site in folder (its gazetteer linked beside it), changed by change(path of the copy)."""
    folder = Path(folder)
    site = folder / "sites" / "jatim"
    shutil.copytree(JATIM, site)
    (folder / "gazetteer").symlink_to(HOUSE / "deploy" / "gazetteer")
    change(site)
    return site


def only_null_channel(site):
    """Changes a copy of the site: its only channel hands over to nobody."""
    (site / "channels.yaml").write_text("channels:\n  - { name: outbox, off: yes }\n  - { name: \"null\" }\n")


def parallel(count, work):
    """Runs work(i) in count threads; their results in order. An exception of any is raised here."""
    results, errors = [None] * count, []

    def run(i):
        try:
            results[i] = work(i)
        except BaseException as error:  # noqa: BLE001 - handed to the test
            errors.append(error)

    threads = [threading.Thread(target=run, args=(i,)) for i in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]
    return results
