"""Heard before: copies and witnesses join, what is merely alike is proposed, people merge and part, and what a reporter says
further finds its case. Through the doors of real processes, and once in a real browser."""

import json
import os
import subprocess
from pathlib import Path

import pytest
from browser import PROGRAM, Browser
from sigap import BIN, wait_for
from test_people import Person

PASUNG = ("Tetangga saya di Dampit Malang dipasung keluarganya, kakinya dirantai di kandang belakang rumah, namanya {}.")
LONELY = "Kakek umur 80 tahun hidup sebatang kara di {} Malang, rumahnya hampir roboh, tidak ada yang urus."
LONELY_TOLD = "Ada kakek 80 tahun di {} Malang tinggal sendiri, kalau hujan gubuknya kebanjiran, mohon sembako."
TELEPHONE = (390, 844)


@pytest.fixture(scope="module")
def clerk(site):
    return Person(site, "penggabung", "operator,coordinator", "TRI,KOR", "*")


def case_of(site, ticket):
    site.idle()
    return site.trace(ticket)["case"]["id"]


def further(site, ticket, text):
    answer = site.http("POST", f"/v1/reports/{ticket}/messages", json.dumps({"text": text}), {"Content-Type": "application/json"})
    assert answer.status in (200, 202), answer
    site.idle()


def test_a_copy_joins_and_a_follow_up_raises(site, clerk):
    first = site.report(PASUNG.format("Parto"))
    case = case_of(site, first)
    assert case_of(site, site.report(PASUNG.format("Parto") + " ")) == case
    further(site, first, "sekarang dia tidak sadar dan kejang, lukanya berdarah terus")
    assert site.trace(first)["case"]["priority"] == "P0"
    document = clerk.get(f"/api/cases/{case}").json
    assert [one["relation"] for one in document["triage"]["reports"]] == ["opened", "copy", "follow_up"]
    assert "report_joined" in [line["what"] for line in document["casework"]["timeline"]]
    text = json.dumps(clerk.get(f"/api/cases/{case}?narrative=1").json["casework"]["narratives"], ensure_ascii=False)
    assert "kejang" in text and "Parto" in text


def test_what_is_alike_is_proposed_merged_and_parted(site, clerk):
    one = case_of(site, site.report(LONELY.format("Turen")))
    ticket = site.report(LONELY_TOLD.format("Turen"))
    other = case_of(site, ticket)
    assert other != one
    assert other in [row["id"] for row in clerk.get("/api/queues").json["duplicates"]]
    shown = clerk.get(f"/api/cases/{other}").json["triage"]
    assert [row["id"] for row in shown["alike"]] == [one] and shown["alike"][0]["score"] > 0.5
    assert [row["id"] for row in site.trace(ticket)["why"]["alike"]] == [one]

    stale = clerk.post(f"/api/cases/{other}/merge", {"into": one, "reason": "sama", "expected_version": 99})
    assert stale.status == 409, stale
    done = clerk.post(f"/api/cases/{other}/merge", {"into": one, "reason": "kakek yang sama", "expected_version": shown["version"]})
    assert done.status == 200, done
    site.idle()
    document = clerk.get(f"/api/cases/{one}").json
    assert [row["relation"] for row in document["triage"]["reports"]] == ["opened", "merged"]
    assert clerk.get(f"/api/cases/{other}").json["casework"]["closed"]["outcome"] == "digabung"
    assert site.trace(ticket)["case"]["id"] == one
    assert other not in [row["id"] for row in clerk.get("/api/queues").json["duplicates"]]
    refused = clerk.post(f"/api/cases/{other}/close", {"reopen": True, "reason": "x"})
    assert refused.status == 409, refused

    report = document["triage"]["reports"][1]["report_id"]
    assert clerk.post(f"/api/reports/{report}/split", {"reason": "ternyata lain"}).status == 200
    site.idle()
    assert site.trace(ticket)["case"]["id"] == other
    assert clerk.get(f"/api/cases/{other}").json["casework"]["closed"] is None
    assert len(clerk.get(f"/api/cases/{one}?narrative=1").json["casework"]["narratives"]) == 1
    happened = {line["what"]: line.get("text") for line in clerk.get(f"/api/cases/{other}?narrative=1").json["casework"]["timeline"]}
    assert happened["case_merged"] == "kakek yang sama" and happened["case_unmerged"] == "ternyata lain", happened
    lines = clerk.get(f"/api/cases/{other}").json["casework"]["timeline"]  # nothing that was written, without asking for it
    assert all("text" not in line for line in lines)


def test_copies_of_what_is_unclear_are_one_review(site, clerk):
    text = "min tolong saya bingung harus bagaimana lagi, tolong dibantu ya kak, ini sudah lama sekali"
    tickets = [site.report(text) for _ in range(12)]
    site.idle()
    reviews = [row for row in clerk.get("/api/queues").json["reviews"] if row["copies"]]
    assert [row["copies"] for row in reviews] == [11]
    decided = {"open_case": True, "kind": "fakir_miskin", "priority": "P2", "area": "35.07.05", "reason": "ditelepon"}
    assert clerk.post(f"/api/reviews/{reviews[0]['report_id']}/decide", decided).status == 200
    cases = {case_of(site, ticket) for ticket in tickets}
    assert len(cases) == 1 and None not in cases
    assert not [row for row in clerk.get("/api/queues").json["reviews"] if row["copies"]]


def test_a_withdrawal_closes_nothing(site, clerk):
    """Through the same messages that a platform sends: see test_sources for the hooks themselves."""
    ticket = site.report(PASUNG.format("Wagiman").replace("Dampit", "Wajak"))
    case = case_of(site, ticket)
    further(site, ticket, "terima kasih")
    document = clerk.get(f"/api/cases/{case}").json
    assert document["casework"]["closed"] is None
    assert document["triage"]["priority"] == site.trace(ticket)["case"]["priority"]


def test_decisions_become_lines_to_learn_from(site, clerk, tmp_path):
    site.report("min tolong dicek ya, ada yang aneh di dekat pasar", urgent=True)
    site.idle()
    waiting = wait_for(lambda: clerk.get("/api/queues").json["reviews"])
    review = waiting[0]["report_id"]
    read = clerk.get(f"/api/reviews/{review}?narrative=1").json["review"]
    assert read["narrative"] and read["assessment"]["kinds"]
    assert clerk.post(f"/api/reviews/{review}/decide", {"open_case": False, "reason": "bukan laporan"}).status == 200
    lines = clerk.get("/api/corrections?narrative=1").json["corrections"]
    assert [line for line in lines if line.get("text") == read["narrative"] and line["kind"] == "bukan_laporan"]
    admin = Person(site, "pengurus", "administrator", "-", "*")
    assert admin.get("/api/corrections?narrative=1").status == 403
    assert all("text" not in line for line in admin.get("/api/corrections").json["corrections"])
    measures = clerk.get("/api/measures").json["measures"]
    file = tmp_path / "lines.jsonl"
    done = subprocess.run([BIN / "sigapctl", "--site", site.site, "triage", "corrections", "--url", f"http://127.0.0.1:{site.port}",
                           "--account", clerk.name, "--out", file], input=clerk.password + "\n", text=True, capture_output=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert read["narrative"] in [json.loads(line)["text"] for line in file.read_text().splitlines()]
    assert file.stat().st_mode & 0o077 == 0
    assert measures["decisions"] >= 1 and measures["weeks"][0]["reports"] >= 1


@pytest.mark.skipif(not PROGRAM, reason="no Chromium on this machine (Debian package chromium), 2026-03")
def test_the_page_shows_the_pair_and_merges(site, clerk):
    one = case_of(site, site.report(LONELY.format("Gondanglegi")))
    other = case_of(site, site.report(LONELY_TOLD.format("Gondanglegi")))
    odd = site.report("halo admin, ada yang aneh di dekat pasar, tolong dicek ya", urgent=True)
    site.idle()
    chromium = Browser()
    try:
        browser = chromium.page(*TELEPHONE)
        look = picture_of(browser)
        browser.open(f"http://127.0.0.1:{site.port}/")
        browser.wait("!document.getElementById('login').hidden")
        browser.write("[name=account]", "penggabung")
        browser.write("[name=password]", clerk.password)
        browser.touch("#login-form button")
        browser.wait("!document.getElementById('work').hidden")
        browser.open_tab("queues")
        browser.wait(f"document.querySelector(\"#lists [data-key='{other}']\") !== null")
        look("heard-queues")
        assert "Bukan laporan" not in browser.text()
        browser.touch(f"#lists [data-key='{other}']")
        browser.wait(f"document.getElementById('sheet').innerText.includes('{one}')")
        browser.touch("#sheet button", "Baca isi laporan")
        browser.wait("document.getElementById('sheet').innerText.includes('Mengapa dinilai begini')")
        look("heard-case")
        browser.touch("#sheet button", "Gabung ke kasus ini")
        browser.write("#form textarea", "kakek yang sama")
        look("heard-merge")
        browser.touch("#form button", "Gabung dengan kasus lain")
        browser.wait("document.getElementById('sheet').innerText.includes('Digabung ke kasus lain')")
        look("heard-merged")
        site.idle()
        browser.touch("#sheet button", "Buka")
        browser.wait("document.getElementById('sheet').innerText.includes('Laporan dalam kasus ini (2)')")
        look("heard-reports")
        browser.run("document.getElementById('sheet').close()")
        browser.wait("location.hash === '#queues'")
        browser.open_tab("queues")
        browser.write("#find input", odd)
        browser.touch("#find button")
        browser.touch("#sheet button", "Baca isi laporan")
        browser.wait("document.getElementById('sheet').innerText.includes('halo admin')")
        look("heard-review")
        browser.run("document.getElementById('sheet').close()")
        browser.open_tab("status")
        browser.wait("document.getElementById('lists').innerText.includes('Ketepatan triase')")
        look("heard-measures")
        assert not browser.close()
    finally:
        chromium.close()


def picture_of(browser):
    folder = os.environ.get("SIGAP_PICTURES")

    def look(name):
        wide = browser.run("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, f"{name}: {wide} px wider than the screen"
        if folder:
            browser.picture(Path(folder) / f"{name}.png")
    return look


def test_who_is_accused_is_out_of_the_chain(site, clerk):
    ticket = site.report("Anak umur 10 tahun di PPSPA Batu dipukuli pengasuh panti sampai lebam, tolong jangan bocor ke panti")
    case = case_of(site, ticket)
    document = clerk.get(f"/api/cases/{case}").json
    assert document["casework"]["facts"]["conflict_facility"] == "JTM-PPSPA-BATU"
    assert not [offer for offer in site.trace(ticket)["offers"] if offer["facility"].startswith("JTM-PPSPA-BATU")]
    candidates = clerk.get(f"/api/cases/{case}/candidates").json["candidates"]
    assert '"conflict"' in json.dumps(candidates), candidates

    # A word that is no facility keeps nobody out; a further one does not let the first in again.
    answer = clerk.post(f"/api/cases/{case}/facts", {"name": "conflict_facility", "value": "PPSPA"})
    assert answer.status == 422 and b"direktori" in answer.body, answer
    assert clerk.post(f"/api/cases/{case}/facts", {"name": "conflict_facility", "value": "JTM-PRSMP-SBY"}).status == 200
    site.idle()
    document = clerk.get(f"/api/cases/{case}").json
    assert document["casework"]["facts"]["conflict_facility"] == "JTM-PPSPA-BATU JTM-PRSMP-SBY"
    for offer in site.trace(ticket)["offers"]:
        assert not offer["facility"].startswith("JTM-PPSPA-BATU"), offer
        assert not offer["facility"].startswith("JTM-PRSMP-SBY") or offer["state"] == "cancelled", offer

    accused = Person(site, "terkait.dua", "operator,coordinator", "TRI,KOR", "*")
    assert accused.get(f"/api/cases/{case}").json["triage"]
    assert clerk.post(f"/api/cases/{case}/facts", {"name": "conflict_officer", "value": "terkait.dua"}).status == 200
    site.idle()
    assert accused.get(f"/api/cases/{case}").status == 404
    assert case not in [row["id"] for row in accused.get("/api/cases").json["cases"]]
    offers = clerk.get(f"/api/cases/{case}").json["router"]["offers"]
    assert offers
    for offer in offers:
        assert accused.post(f"/api/offers/{offer['id']}/cancel", {"reason": "x"}).status == 403
    assert accused.post(f"/api/cases/{case}/facts", {"name": "conflict_officer", "value": "x"}).status == 403
    assert clerk.get(f"/api/cases/{case}").status == 200


def test_an_accused_office_is_left_out(site, clerk):
    """Its teams are told nothing, its people read nothing, and the coordinator decides, until somebody finds otherwise."""
    told = {"Pak TKSK di Kecamatan Taman Sidoarjo minta uang 500 ribu supaya bansos nenek saya cair": "TKSK",
            "Petugas UPTD PPA Sidoarjo melecehkan korban perempuan 19 tahun yang melapor minggu lalu": "PPA"}
    for text, role in told.items():
        ticket = site.report(text)
        case = case_of(site, ticket)
        site.idle()
        officer = Person(site, f"kantor.{role.lower()}", "responder", role, "35.15")
        assert clerk.get(f"/api/cases/{case}").json["casework"]["facts"]["conflict_facility"] == f"office:{role}"
        assert officer.get(f"/api/cases/{case}").status == 404
        assert case not in [row["id"] for row in officer.get("/api/cases").json["cases"]]
        to = [delivery["to"] for delivery in site.trace(ticket)["deliveries"]]
        assert f"{role.lower()}-3515" not in to and "kor" in to, to
        assert clerk.post(f"/api/cases/{case}/facts", {"name": "conflict_facility", "value": "no"}).status == 200
        site.idle()
        assert officer.get(f"/api/cases/{case}").status == 200


def test_who_is_accused_in_the_whole_sees_nothing_that_was_merged_into_it(site, clerk):
    one = case_of(site, site.report(LONELY.format("Bululawang")))
    other = case_of(site, site.report(LONELY_TOLD.format("Bululawang")))
    assert clerk.post(f"/api/cases/{other}/merge", {"into": one, "reason": "kakek yang sama"}).status == 200
    site.idle()
    accused = Person(site, "terkait.tiga", "operator,coordinator", "TRI,KOR", "*")
    assert accused.get(f"/api/cases/{other}").status == 200
    assert clerk.post(f"/api/cases/{one}/facts", {"name": "conflict_officer", "value": "terkait.tiga"}).status == 200
    site.idle()
    report = wait_for(lambda: clerk.get(f"/api/cases/{one}").json.get("triage"))["reports"][1]["report_id"]
    for _ in range(2):  # merged, and two cases again
        assert accused.get(f"/api/cases/{other}").status == 404
        assert not {one, other} & {row["id"] for row in accused.get("/api/cases").json["cases"]}
        assert accused.post(f"/api/reports/{report}/split", {"reason": "x"}).status == 403
        clerk.post(f"/api/reports/{report}/split", {"reason": "ternyata lain"})
        site.idle()
    assert clerk.get(f"/api/cases/{other}").json["casework"]["closed"] is None
