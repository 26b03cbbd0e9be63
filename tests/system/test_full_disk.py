"""A full disk: what may be urgent is taken on the reserve, everything else is told so with the emergency numbers, and
nothing acknowledged is lost when there is room again."""

import os
import shutil
import subprocess

import pytest
from sigap import wait_for
from test_resilience import is_complete, reports, settled

ROOM_MIB = 64  # the daemons' reserves (about 20 MiB), their first pages, and a little


@pytest.fixture
def small_disk(tmp_path_factory):
    folder = f"/tmp/sg-disk-{os.getpid()}"
    os.makedirs(folder)
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={ROOM_MIB}m,mode=700", "tmpfs", folder],
                          capture_output=True, text=True)
    if done.returncode != 0:
        os.rmdir(folder)
        pytest.skip(f"no right to mount a small tmpfs ({done.stderr.strip()}); 2026-11-25")
    yield folder
    subprocess.run(["umount", "-l", folder], check=True)
    os.rmdir(folder)


def fill(folder):
    """Takes all room that is left; the path of the file that holds it."""
    path = os.path.join(folder, "filler")
    with open(path, "ab", buffering=0) as file:
        for size in (1 << 20, 4096, 1):
            try:
                while True:
                    file.write(b"\0" * size)
            except OSError:
                pass
    return path


def test_full_disk(fresh, small_disk):
    data = os.path.join(small_disk, "d")
    site = fresh(data=data, start=False)
    site.allowed = [r"disk|full|space|reserve|write"]
    site.start()
    before = [site.report(text) for text in reports(3)]
    settled(site, before)
    filler = fill(small_disk)
    try:
        refused = wait_for(lambda: not_taken(site), 20, 0.05)
        assert refused.status == 503, refused
        assert refused.headers["content-type"].startswith("application/problem+json")
        assert "112" in refused.body.decode(), "no emergency numbers"
        taken = [site.report(f"Anak umur {6 + i} tahun sedang dipukuli bapaknya sekarang di Taman Sidoarjo, rumah nomor {i}, "
                             "tolong segera.", urgent=True) for i in range(5)]
        fill(small_disk)  # what the reserves have given back too: now nobody can write
        looks = [look(site, i) for i in range(12)]
        assert any("cannot be written" in said and "the disk is nearly full" in said for said in looks), looks
    finally:
        os.unlink(filler)
    wait_for(lambda: all(d["state"] == "ready" for d in site.status()["daemons"]), 60, 0.2)
    again = site.report(reports(1, 700)[0])
    assert all(is_complete(trace) for trace in settled(site, before + taken + [again], 60))
    site.stop()
    shutil.rmtree(data, ignore_errors=True)


def look(site, i):
    """What an operator is told while something wants to be written; who answers is not called stalled."""
    site.post({"source": "test", "text": f"Anak dipukuli di Taman Sidoarjo, rumah nomor {i}, tolong", "urgent": True})
    said = site.ctl("status", check=False).stdout
    assert "stalled" not in said, said
    return said


number = iter(range(10**6))


def not_taken(site):
    """Reports go in until the store's own pages are used up and one is refused."""
    # calm words: what may be urgent would be taken on the reserve, until that is used up too
    answer = site.post({"source": "test", "text": f"Mohon info alat bantu dengar untuk bapak saya di Kediri, nomor "
                                                  f"{next(number)}, terima kasih banyak sebelumnya ya"})
    return None if answer.status == 202 else answer
