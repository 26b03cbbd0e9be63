"""One report, several victims: each has a playbook with tasks, the message and the page say so, and people correct it."""

import json

import pytest
from browser import PROGRAM, Browser
from sigap import DAEMONS
from test_console_page import sign_in
from test_heard import TELEPHONE, case_of, further, picture_of
from test_people import Person, find

ELDER = ("Tetangga saya dipasung keluarganya, kakinya dirantai di kandang belakang rumah. Di rumah yang sama neneknya 80 tahun "
         "terbaring, dua hari tidak diberi makan, tidak ada yang merawat. {} Kabupaten Malang")


@pytest.fixture(scope="module")
def clerk(site):
    return Person(site, "banyak", "operator,coordinator", "TRI,KOR", "*")


def tasks(clerk, case):
    return {task["code"]: task["state"] for task in clerk.get(f"/api/cases/{case}").json["casework"]["tasks"]}


def test_each_victim_has_tasks(site, clerk):
    ticket = site.report(ELDER.format("Dampit"))
    case = case_of(site, ticket)
    document = clerk.get(f"/api/cases/{case}").json
    assert document["triage"]["kind"] == "pasung"
    assert document["casework"]["facts"]["also_kinds"] == "lansia_terlantar"
    told = tasks(clerk, case)
    assert told["PSG-01"] == told["LNS-01"] == "due", told
    sent = "".join(path.read_text() for path in (site.data / "outbox").rglob("*.txt"))
    assert "juga Lansia" in sent and "also Neglected" in sent, sent

    wrong = clerk.post(f"/api/cases/{case}/facts", {"name": "also_kinds", "value": "kdrt bukan_laporan"})
    assert wrong.status == 422 and "kode jenis" in json.dumps(wrong.json), wrong.json
    assert tasks(clerk, case) == told
    assert clerk.post(f"/api/cases/{case}/facts", {"name": "also_kinds", "value": "kdrt napza"}).status == 200
    site.idle()
    changed = tasks(clerk, case)
    assert changed["LNS-01"] == "cancelled" and changed["KTP-01"] == changed["NPZ-01"] == changed["PSG-01"] == "due", changed


ONE = "Tetangga saya {} dipasung keluarganya, kakinya dirantai di kandang belakang rumah. {} Kabupaten Malang"


def kill_all(site):
    for daemon in DAEMONS:
        site.kill(daemon)
    site.wait_ready()
    site.idle()


def also(clerk, case):
    return clerk.get(f"/api/cases/{case}").json["casework"]["facts"].get("also_kinds")


def test_victims_go_along_when_cases_are_merged_parted_and_reopened(fresh):
    """Told one after the other, with every daemon killed on the way: no victim is lost, and none stays where it is not."""
    site = fresh()
    clerk = Person(site, "gabung", "operator,coordinator", "TRI,KOR", "*")
    first = site.report(ELDER.format("Dampit"))
    into, other = case_of(site, first), case_of(site, site.report(ONE.format("Sarmo", "Wajak")))
    assert clerk.post(f"/api/cases/{other}/facts", {"name": "also_kinds", "value": "kusta"}).status == 200
    site.idle()
    assert clerk.post(f"/api/cases/{other}/merge", {"into": into, "reason": "sama"}).status == 200
    kill_all(site)
    assert also(clerk, into) == "lansia_terlantar kusta" and "KST-01" in tasks(clerk, into)
    report = clerk.get(f"/api/cases/{into}").json["triage"]["reports"][-1]["report_id"]
    assert clerk.post(f"/api/reports/{report}/split", {"reason": "ternyata lain"}).status == 200
    kill_all(site)
    assert (also(clerk, into), also(clerk, other)) == ("lansia_terlantar", "kusta")
    assert tasks(clerk, into)["KST-01"] == "cancelled" != tasks(clerk, other)["KST-01"]

    further(site, first, "Anak perempuannya umur 12 tahun diperkosa pamannya")
    kill_all(site)
    document = clerk.get(f"/api/cases/{into}").json
    assert also(clerk, into) == "lansia_terlantar kekerasan_seksual" and tasks(clerk, into)["KTA-01"] == "due"
    assert document["triage"]["confidentiality"] == document["casework"]["confidentiality"] == "C3"
    neighbour = Person(site, "tetangga", "responder", "TKSK", "35.07")
    assert not {"pasung", "kekerasan_seksual"} & set(find(neighbour.get(f"/api/cases/{into}").json, "kind"))

    assert clerk.post(f"/api/cases/{into}/close", {"outcome": "terbukti", "reason": "selesai"}).status == 200
    site.idle()
    change = {"kind": "odgj_terlantar", "reason": "keliru"}
    assert clerk.post(f"/api/cases/{into}/change", change).status == 409  # what is closed is opened again first
    assert clerk.post(f"/api/cases/{into}/close", {"reopen": True, "reason": "belum selesai"}).status == 200
    site.idle()
    assert clerk.post(f"/api/cases/{into}/change", change).status == 200
    kill_all(site)
    told = tasks(clerk, into)
    assert (told["ODG-01"], told["LNS-01"], told["KTA-01"], told["PSG-01"]) == ("due", "due", "due", "cancelled"), told


def test_who_tells_of_another_victim_first_is_heard_before(site, clerk):
    """Two people tell one incident: the first gives the age of the brother, the second that of the grandmother."""
    told = ("Di {} Malang, kakaknya 35 tahun dirantai di kandang belakang rumah. Neneknya terbaring dua hari tidak diberi makan, "
            "tidak ada yang merawat")
    told_again = ("Tolong, nenek umur 80 tahun di {} Malang terbaring tidak dikasih makan dua hari, di kandang belakang rumahnya "
                  "cucunya dirantai")
    for place, texts in (("Turen", (told, told_again)), ("Kepanjen", (told_again, told))):
        cases = [case_of(site, site.report(text.format(place))) for text in texts]
        alike = clerk.get(f"/api/cases/{cases[1]}").json["triage"].get("alike", [])
        assert cases[0] == cases[1] or cases[0] in [one["id"] for one in alike], (place, cases, alike)


@pytest.mark.parametrize("how", ["also", "kind"])
def test_a_stricter_kind_makes_the_case_more_confidential(site, clerk, how):
    """Whoever may not see a child's case does not see one that turns out to be one, and it stays so."""
    case = case_of(site, site.report(f"Kakek 80 tahun hidup sebatang kara di Lawang Malang, rumahnya hampir roboh, tidak ada yang urus {how}"))
    levels = lambda: {name: clerk.get(f"/api/cases/{case}").json[name]["confidentiality"] for name in ("triage", "casework")}  # noqa: E731
    assert set(levels().values()) & {"C0", "C1", "C2"} == set(levels().values()), levels()
    if how == "also":
        assert clerk.post(f"/api/cases/{case}/facts", {"name": "also_kinds", "value": "kekerasan_seksual"}).status == 200
    else:
        assert clerk.post(f"/api/cases/{case}/change", {"kind": "kekerasan_seksual", "reason": "kunjungan"}).status == 200
    site.idle()
    assert levels() == {"triage": "C3", "casework": "C3"}
    if how == "also":
        assert clerk.post(f"/api/cases/{case}/facts", {"name": "also_kinds", "value": "no"}).status == 200
    else:
        assert clerk.post(f"/api/cases/{case}/change", {"kind": "lansia_terlantar", "reason": "keliru"}).status == 200
    site.idle()
    assert levels() == {"triage": "C3", "casework": "C3"}


@pytest.mark.skipif(not PROGRAM, reason="no Chromium on this machine (Debian package chromium), 2026-11")
def test_the_page_names_them_and_takes_a_correction(site, clerk):
    ticket = site.report(ELDER.format("Singosari"), urgent=True)
    case = case_of(site, ticket)
    chromium = Browser()
    try:
        browser = chromium.page(*TELEPHONE)
        look = picture_of(browser)
        sign_in(browser, site, {"account": clerk.name, "password": clerk.password})
        browser.run(f"location.hash = 'case/{case}'")
        browser.wait("document.getElementById('sheet').innerText.includes('Jenis lain')")
        head = browser.run("document.querySelector('#sheet .box').innerText")
        assert "Lansia" in head and "lansia_terlantar" not in head, head
        look("several-case")
        browser.touch("#sheet button", "Jenis lain")
        browser.wait("document.getElementById('form').open")
        chosen = "[...document.querySelector('#form [name=value]').selectedOptions].map((one) => one.value).join()"
        assert browser.run(chosen) == "lansia_terlantar"
        look("several-form")
        browser.run("for (const one of document.querySelector('#form [name=value]').options) one.selected = one.value === 'napza'")
        browser.touch("#form button", "Kirim")
        browser.wait("!document.getElementById('form').open")
        site.idle()
        told = tasks(clerk, case)
        assert told["LNS-01"] == "cancelled" and told["NPZ-01"] == "due" and told["PSG-01"] == "due", told
        # What is the main kind is no further one, wherever it came from.
        assert clerk.post(f"/api/cases/{case}/facts", {"name": "also_kinds", "value": "pasung napza"}).status == 200
        site.idle()
        browser.touch("#sheet button", "↻")
        browser.wait("document.querySelector('#sheet .box')?.innerText.includes('NAPZA')")
        whole = browser.run("document.getElementById('sheet-title').innerText + '|' + document.querySelector('#sheet .sheet-body').innerText")
        assert "Pemasungan" in whole.split("|")[0]
        named = browser.run("[...document.querySelectorAll('#sheet dt')].filter((one) => one.innerText.startsWith('Jenis lain'))"
                            ".map((one) => one.nextElementSibling.innerText).join('|')")
        assert named and "Pemasungan" not in named, named
        # A review names them too: in the list, and alone.
        assert clerk.post(f"/api/cases/{case}/close", {"outcome": "terbukti", "reason": "selesai"}).status == 200
        site.idle()
        further(site, ticket, ELDER.format("Singosari"))
        browser.run("document.getElementById('sheet').close(); location.hash = 'queues'")
        browser.wait("[...document.querySelectorAll('.card')].some((one) => one.innerText.includes('+ Lansia'))")
        look("several-review")
        browser.run("[...document.querySelectorAll('.card')].find((one) => one.innerText.includes('+ Lansia')).click()")
        browser.wait("document.getElementById('sheet').open && document.getElementById('sheet').innerText.includes('Jenis lain')")
        assert not browser.close()
    finally:
        chromium.close()
