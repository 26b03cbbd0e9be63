"""Photos of reports, from a chat to the page: fetched, kept sealed, opened for who may read the words, drawn anew by a process
that can do nothing else."""

import concurrent.futures
import json
import os
import struct
import zlib
from pathlib import Path

import pytest
import sigap
import test_sources
from browser import PROGRAM, Browser
from test_people import CHILD, Person

SECRET = b"GPS -7.4478 112.7183 camera of the neighbour"


def chunk(kind, body):
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png(width, height, rows=None, level=9):
    """Red above, blue below, with something in it that is none of ours, and a page behind it."""
    body = b"".join(b"\0" + (b"\xdc\x1e\x1e" if y < height / 2 else b"\x1e\x3c\xc8") * width for y in range(rows or height))
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)) +
            chunk(b"tEXt", b"Comment\0" + SECRET) + chunk(b"IDAT", zlib.compress(body, level)) + chunk(b"IEND", b"") + b"<script>alert(1)</script>")


PICTURES = {
    "good": png(2400, 1800),
    "bomb": png(60000, 60000, 10),  # a few hundred bytes that ask for 10 GB
    "cut": png(800, 600)[:300],
    "page": b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
    "gif": b"GIF89a" + b"\0" * 100,
    "large": png(1400, 1440, level=0),  # 5.8 MiB: the most that is shown
    "long": png(3000, 2000) + b"\0" * (6 << 20),
}


def jpeg_size(body):
    at = 2
    while body[at + 1] not in (0xc0, 0xc2):
        at += 2 + int.from_bytes(body[at + 2:at + 4], "big")
    return int.from_bytes(body[at + 7:at + 9], "big"), int.from_bytes(body[at + 5:at + 7], "big")


@pytest.fixture(scope="module")
def doors(tmp_path_factory):
    platform = test_sources.Platform()
    platform.pictures.update(PICTURES)
    folder = sigap.site_copy(tmp_path_factory.mktemp("pictures"),
                             lambda site: (site / "sources.yaml").write_text(test_sources.sources(platform.port)))
    site = sigap.Site(site=folder)
    try:
        site.data.mkdir(exist_ok=True)
        site.ctl("keys")
        for name, line in test_sources.SECRETS.items():
            path = site.data / "keys" / name
            path.write_text(line + "\n")
            path.chmod(0o600)
        site.start()
        yield test_sources.Doors(site, platform)
        site.stop()
    finally:
        site.stop(judge=False)
        site.clean()
        platform.close()


@pytest.fixture(scope="module")
def people(doors):
    rights = {"penugas": ("coordinator", "KOR", "*"), "ppa": ("responder", "PPA", "35.15"), "tksk": ("responder", "TKSK", "35.15"),
              "lain": ("responder", "PPA", "35.07"), "admin": ("administrator", "ADM", "*"), "audit": ("auditor", "-", "*"),
              "operator": ("operator", "OPR", "35")}
    return {name: Person(doors.site, name, *each) for name, each in rights.items()}


def send(doors, number, text, *pictures):
    """An album of a sender of its own: one message a picture, the words under the first. Returns the trace of its report."""
    sender = 6281277000000 + number
    for i, name in enumerate(pictures):
        message = test_sources.update(number + i, "", **({"caption": text} if i == 0 else {}), media_group_id=f"album{number}",
                                      **{"from": {"id": sender, "is_bot": False}, "chat": {"id": sender, "type": "private"}},
                                      photo=[{"file_id": name, "file_unique_id": name, "width": 9, "height": 9}])
        answer = doors.telegram(message)
        assert answer.status == 200
        if i == 0:
            ticket = test_sources.TICKET.search(answer.json["text"]).group()
    sigap.wait_for(lambda: all(one["state"] != "wanted" for one in doors.list("media")), 15)
    doors.site.idle()
    return doors.site.trace(ticket)


@pytest.fixture(scope="module")
def case(doors):
    """A child in danger (C3), with two good pictures and five that are not."""
    return send(doors, 100, CHILD.format("foto"), *PICTURES)["case"]["id"]


def media_of(person, path):
    answer = person.get(path + "/media")
    assert answer.status == 200, answer
    return answer.json["media"]


@pytest.fixture(scope="module")
def media(people, case):
    listed = media_of(people["penugas"], f"/api/cases/{case}")
    assert [one["kind"] for one in listed] == ["photo"] * len(PICTURES)
    return dict(zip(PICTURES, listed))


def test_a_picture_is_drawn_anew(people, case, media):
    answer = people["penugas"].get(f"/api/cases/{case}/media/{media['good']['id']}")
    assert answer.status == 200 and answer.headers["content-type"] == "image/jpeg"
    assert answer.body.startswith(b"\xff\xd8\xff\xe0") and answer.body.endswith(b"\xff\xd9") and jpeg_size(answer.body) == (1600, 1200)
    assert SECRET not in answer.body and b"script" not in answer.body
    assert answer.headers["cache-control"] == "no-store" and answer.headers["x-content-type-options"] == "nosniff"
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
    assert answer.headers["cross-origin-resource-policy"] == "same-origin"


@pytest.mark.parametrize("name", [name for name in PICTURES if name not in ("good", "large")])
def test_hostile_pictures_are_harmless(doors, people, case, media, name):
    before = doors.site.pid("console")
    answer = people["penugas"].get(f"/api/cases/{case}/media/{media[name]['id']}")
    assert answer.status == 422 and answer.json["type"].endswith("picture-not-shown"), answer
    assert doors.site.pid("console") == before


@pytest.mark.parametrize("name, status", [("ppa", 200), ("tksk", 403), ("operator", 403), ("lain", 404), ("admin", 403), ("audit", 403)])
def test_only_who_may_read_the_words_sees_the_picture(people, case, media, name, status):
    for path in (f"/api/cases/{case}/media", f"/api/cases/{case}/media/{media['good']['id']}"):
        answer = people[name].get(path)
        assert answer.status == status, (path, answer)


def test_large_ones_pass_all_hands_at_once(people, case, media):
    path = f"/api/cases/{case}/media/{media['large']['id']}"
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: people["penugas"].get(path), range(8)))
    assert {answer.status for answer in answers} == {200}, answers
    assert jpeg_size(answers[0].body) == (1400, 1440)


def test_nobody_without_a_session(doors, case, media):
    assert doors.site.http("GET", f"/api/cases/{case}/media/{media['good']['id']}").status == 401


def test_a_picture_opens_only_with_its_own_case(doors, people, media):
    other = send(doors, 200, "Nenek di Waru Sidoarjo tinggal sendiri, sudah tiga hari tidak makan, mohon ditengok petugas.", "other")
    answer = people["penugas"].get(f"/api/cases/{other['case']['id']}/media/{media['good']['id']}")
    assert answer.status == 404, answer
    assert people["penugas"].get(f"/api/cases/{other['case']['id']}/media/{other['case']['id']}").status == 404


def test_an_officer_in_conflict_sees_none(doors, people):
    trace = send(doors, 300, CHILD.format("konflik"), "good")
    path = f"/api/cases/{trace['case']['id']}/media"
    one = media_of(people["ppa"], path.removesuffix("/media"))[0]["id"]
    answer = people["penugas"].post(f"/api/cases/{trace['case']['id']}/facts", {"name": "conflict_officer", "value": "ppa", "reason": "kerabat"})
    assert answer.status == 200, answer
    doors.site.idle()
    assert people["ppa"].get(path).status == 404 and people["ppa"].get(f"{path}/{one}").status == 404
    assert people["penugas"].get(f"{path}/{one}").status == 200


def test_each_look_is_in_the_audit(doors, people, case, media):
    people["ppa"].get(f"/api/cases/{case}/media/{media['good']['id']}")
    people["tksk"].get(f"/api/cases/{case}/media/{media['good']['id']}")
    entries = {daemon: [(row["actor"], row["action"], row["object"]) for row in doors.site.views.view(daemon, list={"name": "audit"})[1]]
               for daemon in ("casework", "console")}
    assert ("ppa", "case.medium", case) in entries["casework"] and ("tksk", "case.media.refused", case) in entries["casework"]
    assert ("ppa", "case.medium", f"{case} {media['good']['id']}") in entries["console"]


def test_who_decides_a_review_sees_what_came_with_it(doors, people):
    trace = send(doors, 400, "Pak, itu yang di rumah pojok dekat kali kasihan sekali, mohon dilihat ya.", "good")
    assert trace["report"]["state"] == "in_review"
    path = f"/api/reviews/{trace['report']['id']}"
    one = media_of(people["operator"], path)[0]
    answer = people["operator"].get(f"{path}/media/{one['id']}")
    assert answer.status == 200 and jpeg_size(answer.body) == (1600, 1200)
    for name in ("admin", "tksk"):
        assert people[name].get(f"{path}/media").status == 403 and people[name].get(f"{path}/media/{one['id']}").status == 403
    assert "review.medium" in json.dumps(doors.site.views.view("triage", list={"name": "audit"})[1])


def test_a_crowd_waits_or_is_told_to_come_again(doors, people, case, media):
    path = f"/api/cases/{case}/media/{media['good']['id']}"
    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda _: people["penugas"].get(path).status, range(32)))
    assert set(answers) <= {200, 503} and answers.count(200) >= 10, answers
    assert people["penugas"].get(path).status == 200


def test_an_attachment_of_a_mail_is_shown(doors, people):
    """Files that came along lie in the store of intake, not in a file."""
    import base64
    import smtplib
    mail = (b"From: Rina <rina@example.org>\r\nMessage-ID: <foto@example.org>\r\nSubject: " + CHILD.format("surel").encode() +
            b"\r\nMIME-Version: 1.0\r\nContent-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n\r\n" +
            base64.encodebytes(PICTURES["good"]).replace(b"\n", b"\r\n"))
    with smtplib.LMTP(str(doors.site.data / "run" / "intake.lmtp")) as server:
        server.sendmail("rina@example.org", ["lapor@sigap.example"], mail)
    doors.site.idle()
    medium = next(one for one in doors.list("media") if one["bot"].startswith("email"))
    case = doors.site.views.view("triage", report={"report_id": sigap.id_bytes(medium["report_id"])})[1]["case_id"]
    answer = people["penugas"].get(f"/api/cases/{case}/media/{medium['id']}")
    assert answer.status == 200 and jpeg_size(answer.body) == (1600, 1200), answer


def test_lies_sealed_everywhere(doors, case):
    """After all these looks: nothing of a picture is on the disk in the clear."""
    for path in doors.site.data.rglob("*"):
        if path.is_file():
            assert SECRET not in path.read_bytes(), path


@pytest.mark.skipif(not PROGRAM, reason="no Chromium on this machine (Debian package chromium), 2026-03")
def test_on_the_page_behind_a_touch(doors, people, case, media):
    browser = Browser()
    try:
        page = browser.page(390, 844)
        page.open(f"http://127.0.0.1:{doors.site.port}/")
        page.wait("!document.getElementById('login').hidden")
        page.write("[name=account]", "penugas")
        page.write("[name=password]", people["penugas"].password)
        page.touch("#login-form button")
        page.wait("!document.getElementById('work').hidden")
        page.run(f"location.hash = 'case/{case}'")
        page.touch("#sheet button", "Baca isi laporan")
        page.wait("document.getElementById('sheet').innerText.includes('Tampilkan foto 1')")
        assert page.run("document.querySelectorAll('#sheet img').length") == 0
        shoot(page, "photos-hidden")
        page.touch("#sheet button", "Tampilkan foto 1")
        page.wait("document.querySelector('#sheet img')?.complete && document.querySelector('#sheet img').naturalWidth === 1600")
        wide = page.run("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0
        page.run("document.querySelector('#sheet img').scrollIntoView({block: 'center'})")
        shoot(page, "photo-shown")
        page.touch("#sheet button", "Tampilkan foto 3")  # cut on its way
        page.wait("document.getElementById('sheet').innerText.includes('tidak dapat ditampilkan')")
        shoot(page, "photo-broken")
        page.touch("#sheet button", "Sembunyikan foto")
        page.wait("document.querySelectorAll('#sheet img').length === 0")
        complaints = page.close()
        assert not complaints, complaints
    finally:
        browser.close()


def shoot(page, name):
    folder = os.environ.get("SIGAP_PICTURES")
    if folder:
        page.picture(Path(folder) / f"{name}.png")
