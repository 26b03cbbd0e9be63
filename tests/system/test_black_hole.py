"""A link over tcp with CURVE keys between two network namespaces that swallows every packet for a while: others go on, the
door accepts, nothing is lost, and what was held back is caught up with.

SIGAP_BLACK_HOLE_S=90 is the campaign: long enough for status to call the link stalled."""

import os
import shutil
import subprocess
import time

import pytest
import sigap
import zmq
from sigap import wait_for
from test_resilience import is_complete, reports, settled

HOLE_S = float(os.environ.get("SIGAP_BLACK_HOLE_S", "6"))
STALLED_S = 70  # so long silent, and status says stalled
NEAR, FAR = "10.255.7.1", "10.255.7.2"  # in namespaces of our own only
NOWHERE = "02:00:00:00:00:99"


class Spaces:
    """Two network namespaces and a cable between them; nothing of the machine's own network is touched."""

    def __init__(self):
        self.holders = []
        try:
            for _ in range(2):
                self.holders.append(subprocess.Popen(["unshare", "--net", "sleep", "600"], stderr=subprocess.PIPE))
            near, far = (wait_for(lambda h=h: self.entered(h), 5) for h in self.holders)
            subprocess.run(["ip", "link", "add", "sg0", "netns", str(near), "type", "veth", "peer", "name", "sg0",
                            "netns", str(far)], check=True, capture_output=True)
            for pid, address in ((near, NEAR), (far, FAR)):
                self.run(pid, "ip", "link", "set", "lo", "up")
                self.run(pid, "ip", "address", "add", f"{address}/30", "dev", "sg0")
                self.run(pid, "ip", "link", "set", "sg0", "up")
            self.near, self.far = near, far
        except (OSError, AssertionError, subprocess.CalledProcessError) as error:
            self.close()
            pytest.skip(f"no right to make network namespaces ({error}); 2026-11-25")

    def entered(self, holder):
        assert holder.poll() is None, holder.stderr.read().decode()
        here, there = (os.readlink(f"/proc/{pid}/ns/net") for pid in ("self", holder.pid))
        return holder.pid if here != there else None

    def run(self, pid, *words):
        subprocess.run(["nsenter", f"--net=/proc/{pid}/ns/net", *words], check=True, capture_output=True)

    def swallow(self, yes):
        """Each side sends to a card that is not there: no error, no answer, as a dead switch does."""
        for pid, other in ((self.near, FAR), (self.far, NEAR)):
            if yes:
                self.run(pid, "ip", "neighbour", "replace", other, "lladdr", NOWHERE, "dev", "sg0", "nud", "permanent")
            else:
                self.run(pid, "ip", "neighbour", "del", other, "dev", "sg0")

    def close(self):
        for holder in self.holders:
            holder.kill()
            holder.wait()
            holder.stderr.close()


@pytest.fixture
def spaces():
    made = Spaces()
    try:
        yield made
    finally:
        made.close()


def programs_with_triage_far(folder, spaces):
    """The programs, of which triage runs in the far namespace; its local sockets are files and work from anywhere."""
    folder.mkdir()
    shutil.copy2(sigap.BIN / "sigapctl", folder)  # it looks for the others beside itself
    for name in sigap.DAEMONS:
        (folder / f"sigap-{name}").symlink_to(sigap.BIN / f"sigap-{name}")
    script = folder / "sigap-triage"
    script.unlink()
    script.write_text(f"#!/bin/sh\nexec nsenter --net=/proc/{spaces.far}/ns/net {sigap.BIN}/sigap-triage \"$@\"\n")
    script.chmod(0o755)
    return folder


def keys_of(site, name):
    """Public and secret."""
    return (site.data / "keys" / f"{name}.curve").read_text().split()


def site_over_tcp(folder, site):
    """intake's journal is read over tcp; all who read it need a key, and the site lists the public halves."""
    readers = ("intake", "triage", "notifier", "console")
    site.data.mkdir(parents=True, exist_ok=True)
    site.ctl("keys", *readers)
    keys = {name: keys_of(site, name)[0] for name in readers}

    def change(copy):
        text = (copy / "links.yaml").read_text()
        for name, key in keys.items():
            quoted = key.replace("\\", "\\\\").replace('"', '\\"')
            lines = f'  - name: {name}\n    public_key: "{quoted}"\n'
            if name == "intake":
                lines += f"    endpoint: tcp://{NEAR}:7801\n"
            text = text.replace(f"  - name: {name}\n", lines)
        (copy / "links.yaml").write_text(text)

    return sigap.site_copy(folder, change)


def link_of(site, reader, producer):
    return [link for link in site.daemon(reader)["links"] if link["from"] == producer]


def ask_from_afar(spaces, server_key, *own):
    """A fetch from the far side under a reader's name, with these keys or none: 1 when an answer came within 1.5 s."""
    asked = ("import zmq, sys\n"
             "line = zmq.Context().socket(zmq.DEALER); line.setsockopt(zmq.LINGER, 0)\n"
             "if len(sys.argv) > 3:\n"
             "    line.curve_serverkey, line.curve_publickey, line.curve_secretkey = map(str.encode, sys.argv[2:])\n"
             f"line.connect('tcp://{NEAR}:7801'); line.send(bytes.fromhex(sys.argv[1]))\n"
             "print(line.poll(1500))\n")
    frame = sigap.message("link", "LinkFrame")()
    frame.fetch.consumer = "notifier"
    frame.fetch.credit_bytes = 65536
    done = subprocess.run(["nsenter", f"--net=/proc/{spaces.far}/ns/net", "/usr/bin/python3", "-c", asked,
                           frame.SerializeToString().hex(), *((server_key, *own) if own else ())], capture_output=True, text=True, timeout=20, check=True)
    return int(done.stdout)


def test_strangers_hear_nothing_and_swallowed_packets_are_caught_up_with(fresh, tmp_path, spaces):
    site = fresh(start=False, port=False, bin=programs_with_triage_far(tmp_path / "bin", spaces),
                 before=["nsenter", f"--net=/proc/{spaces.near}/ns/net"])
    site.site = site_over_tcp(tmp_path / "site", site)
    site.start()
    before = [site.report(text) for text in reports(5)]
    assert all(is_complete(trace) for trace in settled(site, before))
    server_key, _ = keys_of(site, "intake")
    assert ask_from_afar(spaces, server_key, *keys_of(site, "notifier")) == 1, "a reader with its key was not answered"
    assert ask_from_afar(spaces, server_key, *map(bytes.decode, zmq.curve_keypair())) == 0, "a stranger's key was answered"
    assert ask_from_afar(spaces, server_key) == 0, "somebody without a key was answered"
    cursor = [link["cursor"] for link in link_of(site, "triage", "intake")]

    spaces.swallow(True)
    tickets, until = [], time.monotonic() + HOLE_S
    for text in reports(1000, 100):
        if time.monotonic() >= until:
            break
        tickets.append(site.report(text))  # the door does not wait for who cannot hear
        time.sleep(0.2)
    links = link_of(site, "triage", "intake")
    assert [link["cursor"] for link in links] == cursor, "packets came through: this proves nothing"
    if HOLE_S >= STALLED_S:
        assert {link["state"] for link in links} == {"stalled"} and site.daemon("triage")["state"] == "degraded"
    spaces.swallow(False)

    begun = time.monotonic()
    wait_for(lambda: sum(link["cursor"] for link in link_of(site, "triage", "intake")) >= sum(cursor) + len(tickets),
             15 if HOLE_S >= STALLED_S else 30 + 2 * HOLE_S, 0.2)  # tcp asks again after at most as long as it was silent;
    # behind a minute of silence the connection was given up, and is made anew at once
    print(f"{len(tickets)} reports in a hole of {HOLE_S:.0f} s, caught up {time.monotonic() - begun:.1f} s after")
    assert all(is_complete(trace) for trace in settled(site, tickets, 60))
    site.wait_ready()
