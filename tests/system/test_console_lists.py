"""The lists of the console when there is much to do: what waits longest is first, how much there is, the rest of it, and one
case among all, by its number or by the ticket of its reporter. And what those see on the page who may not open a case."""

import json

import pytest
from browser import PROGRAM, Browser
from test_console_page import TELEPHONE, assert_fits, picture, sign_in
from test_people import Person

CHILD = ("Anak tetangga saya umur 8 tahun sedang dipukuli bapaknya pakai kayu, sekarang masih. Rumahnya di Krian Sidoarjo, "
         "tolong segera, daftar {}.")
ASSAULT = ("Remaja putri umur 15 tahun diperkosa tetangganya tadi malam di Krian Sidoarjo, sekarang takut pulang dan butuh tempat aman, "
           "daftar {}.")
UNCLEAR = "Pak tolong, ada yang tidak beres di ujung gang itu, daftar {}."
MANY = 60  # more than a list of the page holds


@pytest.fixture(scope="module")
def tickets(site):
    made = [site.report(CHILD.format(f"nomor {number} {'abcdefghij'[number % 10] * 9}"), urgent=True) for number in range(MANY)]
    site.idle()
    return made


@pytest.fixture(scope="module")
def office(site, tickets):
    return Person(site, "kantor", "operator,coordinator", "TRI,KOR", "*")


@pytest.fixture(scope="module")
def chromium():
    if not PROGRAM:
        pytest.skip("no Chromium on this machine (Debian package chromium), 2026-03")
    one = Browser()
    yield one
    one.close()


@pytest.fixture
def browser(chromium):
    page = chromium.page(*TELEPHONE)
    yield page
    complaints = page.close()
    assert not complaints, "\n".join(complaints)


def page_of(browser, site, name, *rights):
    sign_in(browser, site, json.loads(site.ctl("admin", "create", name, *rights).stdout))
    browser.wait("document.querySelector('#pulse').className.includes('live')")


def order_of(alerts):
    return [(one["priority"], one["opened_at"]) for one in alerts]


def test_what_waits_longest_is_first_and_all_of_it_is_counted(office):
    live = office.get("/api/live").json
    alerts, total = live["alerts"]["alerts"], live["totals"]["alerts"]
    assert len(alerts) == 50 < total, "the page holds the beginning, and knows how much there is"
    assert all(one["needs_answer"] and one["state"] in ("open", "exhausted") for one in alerts)
    assert order_of(alerts) == sorted(order_of(alerts))
    everything = office.get("/api/alerts?state=waiting&limit=1000").json["alerts"]["alerts"]
    assert len(everything) == total and order_of(everything) == sorted(order_of(everything))
    pages = [one["id"] for skip in range(0, total, 40)
             for one in office.get(f"/api/alerts?state=waiting&limit=40&skip={skip}").json["alerts"]["alerts"]]
    assert pages == [one["id"] for one in everything]


def test_lists_are_narrowed_to_a_priority_and_an_area(office):
    for priority in ("P0", "P2"):
        live = office.get(f"/api/live?priority={priority}").json
        for rows in (live["alerts"]["alerts"], live["cases"], live["reviews"]):
            assert {one["priority"] for one in rows} <= {priority}
        every = office.get(f"/api/alerts?state=waiting&priority={priority}&limit=1000").json["alerts"]["alerts"]
        assert live["totals"].get("alerts", 0) == len(every)
    assert "alerts" not in office.get("/api/live?area=13.71").json["totals"]
    assert office.get("/api/alerts?priority=P9").status == 400


def test_a_count_tells_nobody_of_what_is_hidden(site, tickets):
    psm = Person(site, "hitung_psm", "responder", "PSM", "35.15")
    live = psm.get("/api/live?limit=1000").json
    assert live["totals"]["alerts"] == len(live["alerts"]["alerts"])
    assert not any(one["subject"] == "offer" for one in live["alerts"]["alerts"] if one["restricted"])


def test_a_review_is_counted(site, office):
    site.report(UNCLEAR.format("hitung"))
    site.idle()
    queues = office.get("/api/queues?limit=1000").json
    assert queues["totals"]["reviews"] == len(queues["reviews"]) > 0


def test_a_case_is_found_by_the_ticket_of_its_reporter(site, office, tickets):
    case = site.trace(tickets[3])["case"]["id"]
    assert office.get(f"/api/find?ticket={tickets[3]}").json["case_id"] == case
    review = site.report(UNCLEAR.format("tiket"))
    site.idle()
    assert office.get(f"/api/find?ticket={review}").json["report_id"] == site.trace(review)["report"]["id"]
    ppa, far, upt = (Person(site, f"cari_{name}", *rights) for name, rights in (
        ("ppa", ("responder", "PPA", "35.15")), ("jauh", ("responder", "PPA", "35.07")), ("upt", ("facility", "UPT", "-", "RS-LAWANG"))))
    assert ppa.get(f"/api/find?ticket={tickets[3]}").json["case_id"] == case
    assert far.get(f"/api/find?ticket={tickets[3]}").status == 404
    assert case not in json.dumps(upt.get(f"/api/find?ticket={tickets[3]}").json)
    for wrong in ("", "?ticket=", "?ticket=ABCD-EFGH-JKMN", "?ticket=" + "A" * 200):
        assert office.get(f"/api/find{wrong}").status == 404, wrong


def test_the_page_counts_all_and_shows_more(browser, site, tickets):
    page_of(browser, site, "daftar", "operator,coordinator", "TRI,KOR", "*")
    browser.touch("#tabs [data-key=queues]")
    browser.wait("document.querySelector('[data-key=more-alerts]') !== null")
    assert int(browser.run("document.querySelector('#lists .group h2 .count').textContent")) > 50
    assert int(browser.run("document.querySelector('#tabs [data-key=queues] .count').textContent.replace('+', '')")) > 50
    assert_fits(browser)
    picture(browser, "queues-many")
    browser.run("document.querySelector('[data-key=more-alerts]').scrollIntoView({ block: 'center' })")
    picture(browser, "queues-more")
    browser.touch("[data-key=more-alerts]")
    browser.wait("document.querySelector('#lists .group ul').children.length > 50")
    browser.touch("#tabs [data-key=cases]")
    browser.wait("document.querySelector('[data-key=more-cases]') !== null")
    assert "+" in browser.run("document.querySelector('#tabs [data-key=cases] .count').textContent")
    browser.run("document.querySelector('#filter select').value = 'P3'; document.querySelector('#filter select').dispatchEvent(new Event('change', { bubbles: true }))")
    browser.wait("document.querySelector('#lists .card.P0') === null")


def test_the_page_finds_a_case_and_a_report(browser, site, tickets):
    case = site.trace(tickets[5])["case"]["id"]
    review = site.report(UNCLEAR.format("halaman"))
    site.idle()
    report = site.trace(review)["report"]["id"]
    page_of(browser, site, "pencari", "operator,coordinator", "TRI,KOR", "*")
    for number, what in ((tickets[5], case), (case, case), (review, report), (report, report)):
        browser.write("#find input", number)
        browser.touch("#find button")
        browser.wait(f"document.getElementById('sheet').open && document.getElementById('sheet').innerText.includes('{what}')")
        browser.touch("#sheet [title=Tutup]")
        browser.wait("!document.getElementById('sheet').open")
    browser.write("#find input", "ABCD-EFGH-JKMN")
    browser.touch("#find button")
    browser.wait("document.getElementById('toast').innerText.includes('Tidak ditemukan')")
    assert_fits(browser)
    picture(browser, "find")


def test_who_may_not_open_a_case_is_told_that_it_is_confidential(browser, site):
    ticket = site.report(ASSAULT.format("rahasia"), urgent=True)
    site.idle()
    case = site.trace(ticket)["case"]["id"]
    page_of(browser, site, "rahasia", "responder", "PSM", "35.15")
    browser.write("#find input", case)
    browser.touch("#find button")
    browser.wait(f"document.getElementById('sheet').innerText.includes('{case}')")
    said = browser.run("document.getElementById('sheet').innerText")
    picture(browser, "confidential")
    assert "rahasia" in said.lower() and "belum jelas" not in said
    for button in ("Saya tangani", "Saya tidak bisa", "Teruskan", "Mengapa tempat ini", "Baca isi laporan"):
        assert button not in said, said


def test_a_facility_sees_for_whom_it_is_asked(browser, site):
    ticket = site.report(ASSAULT.format("tempat"), urgent=True)
    site.idle()
    offer = site.trace(ticket)["offers"][0]
    page_of(browser, site, "tempat", "facility", "UPT", "-", offer["facility"])
    browser.run(f"location.hash = 'case/{site.trace(ticket)['case']['id']}'")
    browser.wait("document.getElementById('sheet').innerText.includes('Kelompok umur')")
    said = browser.run("document.getElementById('sheet').innerText")
    picture(browser, "facility")
    assert "13-17" in said and "Jenis kelamin" in said and "Terima" in said
    assert "sampai di tempat" not in said and "belum jelas" not in said
