"""The operator's command line: what is wrong is refused with a sentence, and what is silent is called by its name."""

import json
import os
import re
import shutil
import signal
import subprocess
import time
from contextlib import contextmanager
from pathlib import Path

import pytest

import sigap
from sigap import wait_for


@contextmanager
def own_site(**options):
    """A site that is not started yet; ended whatever comes, and judged only by a test that stops it itself."""
    site = sigap.Site(**options)
    try:
        yield site
    finally:
        site.stop(judge=False)
        site.clean()


@pytest.fixture(scope="module")
def ctl():
    with own_site() as site:
        yield site.start()
        site.stop()


@pytest.mark.parametrize("words, sentence", [
    (["control", "nix", "hold"], '"nix" is no daemon'),
    (["control", "triage", "nix"], "hold|release|clock|reconnect"),
    (["control", "triage", "barrier"], "hold|release|clock|reconnect"),
    (["parked", "retry", "triage", "abc"], '"abc" is no number'),
    (["parked", "retry", "triage", "0"], '"0" is no number'),
    (["parked", "retry", "nix"], '"nix" is no daemon'),
    (["parked", "nix"], "list | retry"),
    (["send", "--lat", "abc", "--lon", "112", "x"], '"abc" is no number'),
    (["send", "--lat", "-7", "x"], "together"),
    (["send", "--lat", "-97", "--lon", "112", "x"], "from -90 to 90"),
    (["send", "x", "y"], "one word too many"),
    (["admin", "create", "x2"], "CLASSES"),
    (["admin", "nix", "x2", "operator"], "CLASSES"),
    (["list", "triage", "nix"], "cases, reviews"),
    (["list", "nix", "cases"], '"nix" is no daemon'),
    (["keys", "nix"], '"nix" is not in'),
    (["token", "nix", "x"], "issue NAME"),
    (["audit", "nix"], "verify"),
    (["hook", "nix"], "list | retry"),
    (["hook", "retry"], "list | retry"),
    (["sender", "block"], "block TICKET"),
    (["import"], "FILE.csv"),
    (["import", "x.csv"], "token issue"),
    (["nix"], 'unknown command "nix"'),
    (["status", "nix"], "one word too many"),
    (["trace"], "TICKET"),
    (["status", "--nix"], "unknown option --nix;"),
    (["-xyz"], "unknown option -x;"),
    (["picture", "foo"], "takes no words"),
    (["up", "--port"], "--port needs a value"),
])
def test_wrong_words_are_refused(ctl, words, sentence):
    done = ctl.ctl(*words, check=False)
    assert done.returncode == 2 and sentence in done.stderr and not done.stdout, done
    assert len(done.stderr.splitlines()) == 1, done.stderr


def test_help_is_no_mistake(ctl):
    every = ctl.ctl("--help")
    assert not every.stderr and all(re.search(rf"^  {word} ", every.stdout, re.MULTILINE) for word in ("up", "trace", "restore"))
    assert ctl.ctl("help").stdout == every.stdout
    for words in (["trace", "--help"], ["help", "trace"]):
        said = ctl.ctl(*words).stdout
        assert "TICKET|ID" in said and "restore" not in said, said
    done = ctl.ctl(check=False)
    assert done.returncode == 2 and done.stderr == every.stdout


def test_a_case_that_is_not_there_is_called_so(ctl):
    done = ctl.ctl("route", "explain", "0" * 26, check=False)
    assert done.returncode == 1 and "router knows nothing of this" in done.stderr, done


def test_what_is_not_put_aside_cannot_be_tried_again(ctl):
    assert json.loads(ctl.ctl("parked", "retry", "triage").stdout) == {"retried": 0}
    done = ctl.ctl("parked", "retry", "triage", "3", check=False)
    assert done.returncode == 1 and "nothing aside" in done.stderr and not done.stdout, done


def test_nothing_was_made_by_refused_words(ctl):
    assert not (ctl.data / "keys" / "nix.curve").exists()
    accounts = json.loads(ctl.ctl("list", "console", "accounts").stdout)
    assert "x2" not in {account["account"] for account in accounts}


def test_an_account_of_a_facility_has_no_area(ctl):
    done = ctl.ctl("admin", "create", "panti", "facility", "-", "35.07", "JTM-PPSPA-BATU", check=False)
    assert done.returncode == 1 and "no area" in done.stdout, done
    assert ctl.ctl("admin", "create", "panti", "facility", "-", "-", "JTM-PPSPA-BATU").returncode == 0


def test_a_bot_moves_to_another_token(ctl):
    """Issued twice: retire drops the first, the second stays good."""
    first, second = ctl.issue_token("pindah"), ctl.issue_token("pindah")
    assert json.loads(ctl.ctl("token", "retire", "pindah").stdout) == {"revoked": 1}
    assert ctl.ctl("send", "--token", first, "Uji", check=False).returncode == 1
    assert ctl.ctl("send", "--token", second, "--training", "Ada lansia terlantar di Wlingi Blitar").returncode == 0
    ctl.ctl("token", "revoke", "pindah")


def test_every_list_a_daemon_names_is_there(ctl):
    for daemon in ctl.status()["daemons"]:
        assert {"parked", "waiting", "audit"} < set(daemon["lists"])
        for name in daemon["lists"]:
            json.loads(ctl.ctl("list", daemon["name"], name).stdout)


def test_metrics_are_what_prometheus_reads(ctl):
    """A family once, HELP before TYPE before its samples, no sample twice, counters end in _total."""
    types, samples, family = {}, set(), None
    text = ctl.ctl("metrics").stdout
    for line in text.splitlines():
        if line.startswith("# HELP "):
            _, _, family, sentence = line.split(" ", 3)
            assert family not in types and sentence
            types[family] = None
        elif line.startswith("# TYPE "):
            _, _, name, types[family] = line.split(" ")
            assert name == family and types[family] in ("gauge", "counter")
            assert name.endswith("_total") == (types[family] == "counter")
        else:
            match = re.fullmatch(r'([a-z][a-z0-9_]*)(\{[a-z_]+="(?:[^"\\\n]|\\["\\n])*"(?:,[a-z_]+="(?:[^"\\\n]|\\["\\n])*")*\})? (-?\d+)', line)
            assert match and match[1] == family and types[family], line
            assert (match[1], match[2]) not in samples, line
            samples.add((match[1], match[2]))
    assert ("sigap_up", '{daemon="intake"}') in samples
    for name in ("sigap_intake_reports_total", "sigap_router_open_offers", "sigap_casework_keys_failed",
                 "sigap_notifier_sent_total", "sigap_console_waiting_requests"):
        assert types.get(name), f"{name} is not there"


def test_a_stalled_daemon_is_called_by_its_name(ctl):
    ticket = ctl.report("Ada anak terlantar di Kepanjen Malang")
    ctl.wait_trace(ticket, lambda trace: trace["case"])
    assert ctl.ctl("status").returncode == 0 and ctl.trace(ticket)["missing"] == []
    ctl.signal("router", signal.SIGSTOP)
    os.utime(ctl.data / "run" / "router.pid", (time.time() - 60, time.time() - 60))  # it has been running for a minute
    try:
        first = ctl.daemon("router")
        assert (first["state"], first["condition"]) == ("starting", "stalled") and first["pid"] == ctl.pid("router")
        assert abs(first["since"] / 1000 - time.time()) < 30
        assert ctl.daemon("router")["since"] == first["since"]
        done = ctl.ctl("status", check=False)
        assert done.returncode == 1 and "router: stalled since 20" in done.stdout, done
        trace = ctl.trace(ticket)
        assert trace["missing"] == ["router"] and trace["case"] and trace["referral"] is None
        assert "missing  router (no answer)" in ctl.ctl("trace", ticket).stdout
        assert "without router" in ctl.ctl("trace", "--row", ticket).stdout
        assert 'sigap_up{daemon="router"} 0' in ctl.ctl("metrics").stdout
        done = ctl.ctl("parked", "list", check=False)  # nothing is put aside, as far as anybody says
        assert done.returncode == 1 and json.loads(done.stdout) == [] and "router does not answer" in done.stderr, done
    finally:
        ctl.signal("router", signal.SIGCONT)
    ctl.wait_ready()
    assert "condition" not in ctl.daemon("router")


def test_a_reader_of_another_history_is_told_what_to_do():
    """The router's store has been lost and made anew: who reads its journal is named, and the way out."""
    with own_site() as site:
        site.allowed = ["event=link-cut "]
        site.start()
        ticket = site.report("Ada anak terlantar di Kepanjen Malang")
        site.wait_trace(ticket, lambda trace: trace["referral"])
        site.idle()
        site.stop()
        for path in (site.data / "router").glob("store.db*"):
            path.unlink()
        site.start(ready=False)
        casework = wait_for(lambda: [link for link in site.daemon("casework")["links"] if link["state"] == "diverged"], 30, 0.2)
        assert {link["from"] for link in casework} == {"router"}
        said = site.ctl("status", check=False).stdout
        told = [line for line in said.splitlines() if line.startswith("casework: jurnal router tidak dapat dibaca: ")]
        assert len(told) == 1 and "the journal of router cannot be read: " in told[0], said
        assert told[0].count("sigapctl restore") == told[0].count("sigapctl control all reconnect") == 2, said


class Watch:
    """deploy/systemd/watch as it is, but for the folder of its programs; what sigapctl prints is ours."""

    def __init__(self, status, folder):
        self.status, self.folder = status, folder
        (folder / "watch").write_text(self.read("watch").replace("/usr/lib/sigap", str(folder)))
        self.program("sigapctl", 'cat "$2"')
        self.program("deadman", 'echo "$1"')
        for daemon in status["daemons"]:
            daemon.update(parked=0, disk_low=False, backs_off=None)
            for link in daemon["links"]:
                link.update(state="live", lag=0)

    @staticmethod
    def read(name):
        return (sigap.HOUSE / "deploy" / "systemd" / name).read_text()

    def program(self, name, text):
        (self.folder / name).write_text(f"#!/bin/sh\n{text}\n")
        (self.folder / name).chmod(0o755)

    def heard(self, text=None, **options):
        (self.folder / "status").write_text(json.dumps(self.status) if text is None else text)
        return subprocess.run(["sh", self.folder / "watch", self.folder / "status", self.folder], capture_output=True, text=True,
                              check=True, **options).stdout


@pytest.fixture
def watch(ctl, tmp_path):
    return Watch(ctl.status(), tmp_path)


def test_the_dead_man_hears_of_a_full_disk(watch):
    """A daemon that backs off answers, and is not well."""
    assert watch.heard() == ""
    one = watch.status["daemons"][1]
    one.update(disk_low=True, backs_off="commit: database or disk is full")
    assert watch.heard() == (f"{one['name']} cannot write its store: commit: database or disk is full\n"
                             f"{one['name']} is low on disk\n")


@pytest.mark.parametrize("cut", [lambda text: text[:len(text) // 2], lambda text: "", lambda text: text.replace('"parked"', '"x"')])
def test_the_dead_man_hears_of_what_nobody_understands(watch, cut):
    assert "cannot be read" in watch.heard(cut(json.dumps(watch.status)))


def test_the_dead_man_hears_where_python_is_missing(watch):
    (watch.folder / "watch").write_text((watch.folder / "watch").read_text().replace("/usr/bin/python3", "/nowhere/python3"))
    assert "cannot be read" in watch.heard()


def test_the_dead_man_is_told_once_an_hour(watch):
    one = watch.status["daemons"][1]
    one.update(parked=1)
    assert "1 parked inputs" in watch.heard()
    one.update(parked=2)
    assert watch.heard() == "", "it lasts"
    one.update(disk_low=True)
    assert "is low on disk" in watch.heard(), "another thing"
    an_hour_ago = time.time() - 3700
    os.utime(watch.folder / "said", (an_hour_ago, an_hour_ago))
    assert "is low on disk" in watch.heard()
    one.update(parked=0, disk_low=False)
    assert watch.heard() == ""
    one.update(parked=1)
    assert "1 parked inputs" in watch.heard(), "it is back"


def test_the_dead_man_is_told_until_he_hears(watch):
    watch.status["daemons"][1].update(parked=1)
    watch.program("deadman", "exit 1")
    with pytest.raises(subprocess.CalledProcessError):
        watch.heard()
    watch.program("deadman", 'echo "$1"')
    assert "parked" in watch.heard()


def test_an_urgent_record_that_has_just_come_is_no_trouble(watch):
    link = next(one for one in watch.status["daemons"][1]["links"] if one["lane"] == "urgent")
    link.update(cursor=10, lag=2)
    assert watch.heard() == ""
    link.update(cursor=12, lag=1)
    assert watch.heard() == "", "those were read, another has come"
    link.update(lag=3)
    assert "has 3 urgent records" in watch.heard()


def test_a_mail_server_that_hangs_keeps_the_dead_man_from_nothing(tmp_path):
    """deploy/systemd/deadman as it is, but for the mail server and its patience."""
    text = Watch.read("deadman").replace("/usr/sbin/sendmail", str(tmp_path / "sendmail")).replace("timeout 30", "timeout 1")
    (tmp_path / "deadman").write_text(text)
    for name, what in (("sendmail", f"cat >{tmp_path}/mail; exec sleep 60"), ("curl", f'echo "$@" >{tmp_path}/url')):
        (tmp_path / name).write_text(f"#!/bin/sh\n{what}\n")
        (tmp_path / name).chmod(0o755)
    subprocess.run(["sh", tmp_path / "deadman", "router is down\nx: low"], check=True, timeout=30, env={
        "PATH": f"{tmp_path}:{os.environ['PATH']}", "DEADMAN_MAIL": "piket@sigap.example", "DEADMAN_URL": "https://sigap.example/"})
    assert "router is down" in (tmp_path / "url").read_text()
    assert (tmp_path / "mail").read_text() == "Subject: SIGAP: router is down\n\nrouter is down\nx: low\n"


def test_what_waits_for_a_person_says_for_whom(ctl):
    """The list names ids, and by an id the report is found: nobody keeps its ticket."""
    ticket = ctl.report("?????? !!!!!!", urgent=False)
    trace = ctl.wait_trace(ticket, lambda trace: trace["review"])
    review, report = trace["review"], trace["report"]["id"]
    ctl.idle()  # intake has heard of it too
    assert (review["reason"], review["owner_role"]) == ("empty", "TRI") and review["decide_by"] > time.time() * 1000
    listed = next(row for row in json.loads(ctl.ctl("list", "triage", "reviews").stdout) if row["report_id"] == report)
    assert {key: listed[key] for key in review} == review
    assert ctl.trace(report) == {**trace, "ticket": None}
    said = ctl.ctl("trace", report).stdout
    assert re.search(r"^review   empty .*\ndecide   TRI  until 20\d\d-", said, re.MULTILINE), said
    assert "? empty" in ctl.ctl("trace", "--row", ticket).stdout
    done = ctl.ctl("trace", "0" * 26, check=False)
    assert done.returncode == 1 and "no report has the ticket or id" in done.stderr, done


def test_a_daemon_that_ends_again_and_again(ctl):
    def fails():
        ctl.kill("router")
        router = ctl.daemon("router")
        return router if router.get("condition") == "failing" else None

    router = wait_for(fails, 60, 0.3)
    assert router["state"] in ("starting", "down") and router["ends"] >= 3 and router["ended"] == "signal 9"
    ctl.wait_ready()


def test_a_site_that_has_ended_is_called_so_once():
    """For people; programs get the same document as ever."""
    with own_site(port=False) as site:
        site.start()
        site.stop()
        done = site.ctl("status", check=False)
        assert done.returncode == 1 and done.stdout.count("\n") == 1, done
        indonesian, english = done.stdout.split(" / The ")
        assert "tidak berjalan" in indonesian and "is not running" in english
        assert indonesian.count(f"sigapctl --data {site.data} up") == english.count(f"sigapctl --data {site.data} up") == 1
        daemons = site.status()["daemons"]
        assert len(daemons) == 6 and {daemon["condition"] for daemon in daemons} == {"down"}


def test_a_supervisor_killed_while_it_starts_leaves_nobody(tmp_path):
    site = sigap.Site(port=False)
    try:
        for wait_ms in range(10, 90, 5):
            up = subprocess.Popen([site.bin / "sigapctl", "--data", site.data, "--site", site.site, "up"],
                                  stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            time.sleep(wait_ms / 1000)
            up.kill()
            up.wait()
            wait_for(lambda: not site.left_over(), 10, 0.05)
    finally:
        site.clean()


def test_an_early_end_is_no_long_one(tmp_path):
    """nginx loses a signal that comes before it waits for the first time."""
    for wait_ms in range(24):
        with own_site() as site:
            site.start(ready=False)
            wait_for((site.data / "run" / "nginx.pid").exists, 10, 0.001)
            time.sleep(wait_ms / 1000)
            site.up.terminate()
            assert site.up.wait(5) == 0, f"{wait_ms} ms after nginx was started"


def test_a_daemon_that_had_to_be_killed_is_no_good_end():
    with own_site(port=False) as site:
        site.start()
        site.signal("router", signal.SIGSTOP)
        site.up.terminate()
        assert site.up.wait(30) == 1
        assert "router did not end within" in site.said()


def test_a_number_left_over_is_not_believed():
    """Nobody took run/router.pid away, and the number has come to somebody else."""
    with own_site(port=False) as site:
        site.start()
        assert site.daemon("router")["pid"] == site.pid("router")
        site.up.kill()
        site.up.wait()
        wait_for(lambda: not site.left_over(), 10, 0.05)
        (site.data / "run" / "router.pid").write_text(f"{os.getpid()}\n")
        router = site.daemon("router")
        assert (router["state"], router["condition"], router["pid"]) == ("down", "down", 0), router


def test_who_could_not_look_at_the_site_has_not_refused_it(ctl):
    """Some processes can be made, others not: a folder of a good site is not called bad."""
    done = subprocess.run(["prlimit", "--nofile=8:8", ctl.bin / "sigapctl", "--site", ctl.site, "check"],
                          capture_output=True, text=True, timeout=60)
    assert done.returncode == 1 and "no process can be made" in done.stderr, done
    assert "not looked at by" in done.stderr and "not accepted by" not in done.stderr, done


def test_what_nginx_refuses_is_one_status(ctl):
    answer = ctl.http("GET", "/v1/" + "x" * 20000)
    assert answer.status == answer.json["status"] == 400


def test_an_outage_is_written_nowhere():
    """An address holds the text of an SMS and the channel's secret; nginx writes it with each error of the request."""
    with own_site() as site:
        site.start()
        (site.data / "run" / "intake.http").unlink()
        assert site.http("GET", "/v1/hooks/kannel/sms/HUSH?sender=%2B628123&message=HUSH").status == 503
        assert not [path for path in (site.data / "log").iterdir() if b"HUSH" in path.read_bytes()]


def test_a_second_start_says_what_to_do(ctl, tmp_path):
    """Also where a port is no port, and where another process has the number that the last supervisor had."""
    other = sigap.Site(port=False)
    try:
        done = other.ctl("up", "--port", str(ctl.port), check=False)
        assert done.returncode == 1 and "another one: --port" in done.stderr, done
        done = other.ctl("up", "--port", "abc", check=False)
        assert done.returncode == 1 and "from 1 to 65535" in done.stderr, done
        (other.data / "run" / "up.pid").write_text(f"{os.getpid()}\n")
        done = other.ctl("down", check=False)
        assert done.returncode == 1 and "nothing is running" in done.stderr, done
        assert ctl.ctl("audit", "verify").stdout.count("entries") == len(ctl.status()["daemons"])
    finally:
        other.clean()


@pytest.fixture
def deploy_run(tmp_path):
    """deploy/run as it is, over the programs that are tested: nothing is installed or built."""
    house = tmp_path / "house"
    (house / "build" / "release").mkdir(parents=True)
    (house / "build" / "release" / "bin").symlink_to(sigap.BIN.resolve())
    (house / "deploy").mkdir()
    shutil.copy(sigap.HOUSE / "deploy" / "run", house / "deploy")
    (house / "deploy" / "prepare").write_text(
        f". {sigap.HOUSE}/deploy/prepare\nhouse={house}\nprepare_packages() {{ :; }}\nprepare_build() {{ echo built >&2; }}\n")
    return [house / "deploy" / "run", "--site", sigap.JATIM, "--empty"]


def test_a_second_run_of_a_folder_does_not_say_that_it_is_ready(deploy_run, tmp_path):
    site = sigap.Site(port=False)  # its folder, and whoever is left in it
    words = [*deploy_run, "--data", site.data, "--port"]
    said = open(tmp_path / "said", "w+")
    first = subprocess.Popen([*words, str(sigap.free_port())], stdout=said, stderr=said, start_new_session=True)
    try:
        wait_for(lambda: "Konsol / console" in Path(said.name).read_text(), 60, 0.1)
        second = subprocess.run([*words, str(sigap.free_port())], capture_output=True, text=True, timeout=60)
        assert second.returncode == 1 and not second.stdout, second
        assert f"{site.data} is running already" in second.stderr and "built" not in second.stderr, second
        first.terminate()
        assert first.wait(30) == 0 and not site.left_over()
    finally:
        if first.poll() is None:
            os.killpg(first.pid, signal.SIGKILL)
            first.wait()
        said.close()
        site.clean()


def test_a_bad_file_is_told_once_with_its_line(tmp_path):
    """What all daemons read, and what only the router reads; `up` says the same, and nothing goes on running."""
    for file, old, new, line in (("site.yaml", 'provinces: ["35"]', 'provinces: ["3"]', "site.yaml:9: "),
                                 ("timers.yaml", "warn_percent: 50", "warn_percent: abc", "timers.yaml:15: ")):
        def change(copy):
            text = (copy / file).read_text()
            assert old in text
            (copy / file).write_text(text.replace(old, new))

        bad = sigap.site_copy(tmp_path / file, change)
        site = sigap.Site(site=bad, port=False)
        try:
            done = site.ctl("check", check=False)
            assert done.returncode == 1 and done.stderr.count(line) == 1, done.stderr
            assert len(done.stderr.splitlines()) == 2 and "router" in done.stderr.splitlines()[1], done.stderr
            up = site.ctl("up", check=False)
            assert up.returncode == 1 and up.stderr == done.stderr
            assert not site.left_over() and not list((site.data / "run").glob("*.pid"))
        finally:
            site.clean()


def test_a_file_spoilt_later_ends_nobody_else(tmp_path):
    """It is told, and waited for, by the daemon that must start again; the others go on."""
    copy = sigap.site_copy(tmp_path / "site", lambda copy: None)
    good = (copy / "timers.yaml").read_text()
    with own_site(site=copy) as site:
        site.allowed = ["event=start-refused .*timers.yaml:15: "]
        site.start()
        (copy / "timers.yaml").write_text(good.replace("warn_percent: 50", "warn_percent: abc"))
        site.kill("router")
        wait_for(lambda: site.daemon("router").get("condition") == "failing", 30, 0.2)
        site.report("Uji")
        assert {d["state"] for d in site.status()["daemons"] if d["name"] != "router"} == {"ready"}
        (copy / "timers.yaml").write_text(good)
        site.wait_ready()
        site.killed += 20  # how often it tried
        site.stop()
