"""The page of the console in a real browser, at the size of a telephone. Pictures are kept in SIGAP_PICTURES, when it is set."""

import json
import os
import re
from pathlib import Path

import pytest
from browser import PROGRAM, Browser
from test_people import Person

pytestmark = pytest.mark.skipif(not PROGRAM, reason="no Chromium on this machine (Debian package chromium), 2026-03")

CHILD = ("Anak tetangga saya umur 8 tahun sedang dipukuli bapaknya pakai kayu, sekarang masih. Rumahnya di Krian Sidoarjo, "
         "tolong segera, halaman {}.")
TOLD = {
    "child": CHILD.format("kode"),
    "carers": "Anak umur 10 tahun di PPSPA Batu dipukuli pengasuh panti sampai lebam, tolong jangan bocor ke panti",
    "elder": "Kakek umur 80 tahun hidup sebatang kara di Pakis Malang, rumahnya hampir roboh, tidak ada yang urus.",
    "tied": "Tetangga saya di Tumpang Malang dipasung keluarganya, kakinya dirantai di kandang belakang rumah, lukanya membusuk.",
    "ill": "Orang gila perempuan hamil menggelandang di pasar Lawang Malang, tidak tahu namanya dan dari daerah lain.",
}
# What the site calls its concepts, rules, policies, steps, facts: nothing of the kind stands alone before a reader.
CODES = re.compile(r"\b(?:(?:CR|ESC|DSC|R|S)-\d+B?|NR-[a-z-]+|[CSF]_[A-Z_]+|P[0-4]-[A-Z]+|[a-z]+(?:_[a-z]+)+(?:\.P[0-4])?|(?:pasung|kdrt|tppo|napza)\.P[0-4])\b")
TELEPHONE, SMALL, DESK = (390, 844), (360, 640), (1280, 800)


@pytest.fixture(scope="module")
def account(site):
    return json.loads(site.ctl("admin", "create", "halaman", "operator,coordinator", "TRI,KOR", "*").stdout)


@pytest.fixture(scope="module")
def chromium():
    one = Browser()
    yield one
    one.close()


@pytest.fixture
def browser(chromium, request):
    page = chromium.page(*getattr(request, "param", TELEPHONE))
    yield page
    complaints = page.close()
    assert not complaints, "\n".join(complaints)


def picture(browser, name):
    folder = os.environ.get("SIGAP_PICTURES")
    if folder:
        browser.picture(Path(folder) / f"{name}.png")


def sign_in(browser, site, account):
    browser.open(f"http://127.0.0.1:{site.port}/")
    browser.wait("!document.getElementById('login').hidden")
    browser.write("[name=account]", account["account"])
    browser.write("[name=password]", account["password"])
    browser.touch("#login-form button")
    browser.wait("!document.getElementById('work').hidden")


def assert_fits(browser):
    """Nothing is wider than the screen, and what is touched is large enough for a finger."""
    wide = browser.run("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0, f"{wide} px wider than the screen"
    small = browser.run("[...document.querySelectorAll('button, select, input:not([type=checkbox])')]"
                        ".filter((one) => one.checkVisibility() && one.getBoundingClientRect().height < 36).map((one) => one.outerHTML)")
    assert not small, small


def open_case(browser, site, number):
    ticket = site.report(CHILD.format(number), urgent=True)
    site.idle()
    case = site.trace(ticket)["case"]["id"]
    browser.touch(f"[data-key='{case}']")
    browser.wait(f"document.getElementById('sheet').open && document.getElementById('sheet').innerText.includes('{case}')")
    return ticket, case


def test_wrong_password_is_told_where_one_stands(browser, site):
    browser.open(f"http://127.0.0.1:{site.port}/")
    browser.wait("!document.getElementById('login').hidden")
    assert_fits(browser)
    picture(browser, "login")
    browser.write("[name=account]", "nobody")
    browser.write("[name=password]", "wrong")
    browser.touch("#login-form button")
    browser.wait("document.getElementById('login-complaint').textContent.includes('tidak cocok')")


@pytest.mark.parametrize("browser", [TELEPHONE, SMALL, DESK], indirect=True, ids=lambda size: f"{size[0]}px")
def test_every_tab_fits(browser, site, account):
    site.report(CHILD.format("tab"), urgent=True)
    site.idle()
    sign_in(browser, site, account)
    browser.wait("document.querySelector('#pulse').className.includes('live')")
    for tab in ("cases", "queues", "deliveries", "status"):
        browser.touch(f"#tabs [data-key={tab}]")
        browser.wait("document.querySelector('#lists .card, #lists .box') !== null")
        assert_fits(browser)
        picture(browser, f"{tab}-{browser.run('innerWidth')}")


def test_new_case_appears_by_itself_and_its_offer_is_answered(browser, site, account):
    sign_in(browser, site, account)
    ticket, case = open_case(browser, site, "tawaran")
    assert_fits(browser)
    picture(browser, "case")
    browser.touch("#sheet button", "Terima")
    browser.wait("document.getElementById('form').open")
    assert_fits(browser)
    picture(browser, "form")
    browser.touch("#form button", "Terima")
    browser.wait("document.getElementById('sheet').innerText.includes('diterima')")
    picture(browser, "accepted")
    assert any(offer["state"] == "accepted" for offer in site.trace(ticket)["offers"])


HELD = """(() => { const really = window.fetch; window.held = [];
window.fetch = (path, more) => (more?.method === 'POST'
  ? new Promise((go) => window.held.push((said) => go(said ? new Response(JSON.stringify(said), { status: 409 }) : really(path, more)))) : really(path, more)); })()"""
REFUSED = "window.held.shift()({ sentence: 'sudah dijawab orang lain / somebody else has answered' })"


def hold_order(browser):
    """Sends the form; its order stays under way until window.held is told: refused, or gone on."""
    browser.touch("#form button", "Terima")
    browser.wait("window.held.length === 1")


def test_a_form_stays_until_its_order_is_answered(browser, site, account):
    """Whoever turned back could be carried all the same, and would never see why not."""
    sign_in(browser, site, account)
    open_case(browser, site, "menunggu")
    browser.run(HELD)
    browser.touch("#sheet button", "Terima")
    hold_order(browser)
    assert browser.run("[...document.querySelectorAll('#form button')].every((one) => one.disabled)")
    browser.press("Escape")
    assert browser.run("document.getElementById('form').open")
    browser.run(REFUSED)
    browser.wait("document.querySelector('#form .complaint').textContent.includes('sudah dijawab')")
    assert not browser.run("[...document.querySelectorAll('#form button')].some((one) => one.disabled)")
    # Closed all the same (a browser may, when asked twice), another form open by then: that one stays, and the refusal is told.
    hold_order(browser)
    browser.run("document.getElementById('form').close()")
    browser.touch("#sheet button", "Catat fakta")
    browser.wait("document.querySelector('#form [name=value]') !== null")
    browser.run(REFUSED)
    browser.wait("document.getElementById('toast').textContent.includes('sudah dijawab')")
    assert browser.run("document.getElementById('form').open && document.querySelector('#form [name=value]') !== null")
    browser.touch("#form button", "Kembali")
    browser.touch("#sheet button", "Terima")
    hold_order(browser)
    browser.run("document.getElementById('form').close()")
    browser.touch("#sheet button", "Catat fakta")
    browser.run("window.held.shift()()")
    browser.wait("document.getElementById('toast').className !== '' && !document.getElementById('toast').textContent.includes('sudah dijawab')")
    browser.wait("document.getElementById('sheet').innerText.includes('diterima')")  # read again, behind the other form
    assert browser.run("document.getElementById('form').open && document.querySelector('#form [name=value]') !== null")


def test_an_alert_that_was_answered_offers_nothing_more(browser, site, account):
    site.report(CHILD.format("alarm"), urgent=True)
    site.idle()
    sign_in(browser, site, account)
    browser.open_tab("queues")
    alerts = lambda state: site.views.view("notifier", list={"name": "alerts", "state": state, "limit": 1000})[1]["alerts"]
    alert = next(one for one in alerts("waiting") if one["state"] == "open" and one["subject"] == "case")
    browser.touch(f"#lists [data-key='{alert['id']}']")
    browser.touch("#sheet button", "Saya tangani")
    browser.wait("!document.getElementById('sheet').open")
    site.idle()
    assert [one for one in alerts("answered") if one["id"] == alert["id"]]


def test_who_is_in_conflict_is_chosen_from_the_directory(browser, site, account):
    """A word typed in would be no facility, and keep nobody out."""
    clerk = Person(site, "penggali", "operator,coordinator", "TRI,KOR", "*")
    ticket = site.report("Remaja putri 16 tahun di PPSPA Batu dicabuli pengasuh panti waktu mandi kemarin malam, tolong jangan bocor ke panti",
                         urgent=True)
    site.idle()
    case = site.trace(ticket)["case"]["id"]
    sign_in(browser, site, account)
    browser.run(f"location.hash = 'case/{case}'")
    browser.wait("document.getElementById('sheet').open && document.getElementById('sheet').innerText.includes('Jenis lain')")
    title = browser.run("[...document.querySelectorAll('#sheet button')].map((one) => one.innerText).find((one) => one.includes('terkait'))")
    browser.touch("#sheet button", title)
    browser.wait("document.getElementById('form').open")
    assert_fits(browser)
    picture(browser, "conflict")
    names = browser.run("[...document.querySelector('#form [name=value]').options].map((one) => one.value)")
    assert names[0] == "no" and "JTM-PRSMP-SBY" in names, names
    browser.run("for (const one of document.querySelector('#form [name=value]').options) one.selected = one.value === 'JTM-PRSMP-SBY'")
    browser.touch("#form button", "Kirim")
    browser.wait("!document.getElementById('form').open")
    site.idle()
    assert clerk.get(f"/api/cases/{case}").json["casework"]["facts"]["conflict_facility"] == "JTM-PPSPA-BATU JTM-PRSMP-SBY"


def read_all(browser, case):
    """The sheet of a case with its narrative and why it was judged so, without the codes behind their words."""
    browser.run(f"location.hash = 'case/{case}'")
    browser.wait(f"document.getElementById('sheet').innerText.includes('{case}')")
    browser.run("[...document.querySelectorAll('#sheet button')].find((one) => /Baca isi|Read the report/.test(one.innerText)).click()")
    browser.wait("document.querySelector('#sheet .narrative') !== null && document.querySelector('#sheet details') !== null")
    assert_fits(browser)
    squeezed = browser.run("[...document.querySelectorAll('#sheet dd')].filter((one) => one.checkVisibility() && one.getBoundingClientRect().width < 100).map((one) => one.textContent)")
    assert not squeezed, squeezed
    return browser.run("(() => { const sheet = document.querySelector('#sheet').cloneNode(true);"
                       "sheet.querySelectorAll('small.code').forEach((one) => one.remove());"
                       "return [...sheet.querySelectorAll('dt, dd, li, summary, .tag, .soft, .row')].map((one) => one.textContent).join('\\n'); })()")


@pytest.mark.parametrize("english", [False, True], ids=["id", "en"])
def test_codes_stand_behind_their_words(browser, site, account, english):
    clerk = Person(site, f"pembaca{int(english)}", "operator,coordinator", "TRI,KOR", "*")
    cases = {name: site.report(text + " " * english, urgent=True) for name, text in TOLD.items()}
    site.idle()
    cases = {name: site.trace(ticket)["case"]["id"] for name, ticket in cases.items()}
    for name, value in {"conflict_officer": "orang-lain", "has_family": "no", "origin": "other_region", "victim_consent": "yes"}.items():
        assert clerk.post(f"/api/cases/{cases['elder']}/facts", {"name": name, "value": value}).status == 200
    site.idle()
    sign_in(browser, site, account)
    if english:
        browser.touch("#language")
    words, codes = {}, {}
    for name, case in cases.items():
        words[name] = read_all(browser, case)
        codes[name] = browser.run("[...document.querySelectorAll('#sheet small.code')].map((one) => one.textContent)")
        picture(browser, f"codes-{name}-{'en' if english else 'id'}")
    bare = {name: [line for line in text.splitlines() if CODES.search(line)] for name, text in words.items()}
    assert not any(bare.values()), bare
    child, elder = words["child"], words["elder"]
    assert {"CR-08", "ESC-01", "R-06", "P0-RAHASIA", "regency_safe_house", "age"} <= set(codes["child"])
    assert ("child beaten" if english else "anak dipukul") in child
    assert ("a life is in danger now" if english else "nyawa sedang terancam") in child
    assert ("not certain yet: Child abuse: home is not safe" if english else "belum pasti: Kekerasan anak: rumah tidak aman") in child
    assert ("account of an officer" if english else "akun petugas") in elder
    assert ("another region" if english else "daerah lain") in elder


@pytest.mark.parametrize("browser", [SMALL], indirect=True, ids=lambda size: f"{size[0]}px")
def test_people_and_rotas_are_kept_on_the_page(browser, site, account):
    """A person, a rota, a swap: by hand, and the next emergency knows of it."""
    sign_in(browser, site, account)
    code, team = "p-hal", "opr"
    browser.open_tab("duty")
    browser.wait("document.querySelector('#lists form [name=code]') !== null")
    assert_fits(browser)
    browser.write("#lists [name=code]", code)
    browser.touch("#lists button", "Petugas baru")
    browser.wait("document.getElementById('form').open")
    browser.write("#form [name=name]", "Kartini Muda")
    assert_fits(browser)
    picture(browser, "person")
    browser.touch("#form button", "Kirim")
    browser.wait("document.getElementById('lists').innerText.includes('Kartini Muda')")
    browser.run(f"document.querySelector('#lists [name=team]').value = '{team}'")
    browser.touch("#lists button", "Jadwal piket")
    browser.wait("document.getElementById('form').open")
    browser.write("#form [name=people]", code)
    browser.touch("#form button", "Kirim")
    browser.wait("document.querySelector('#lists .tag.good')?.innerText.includes('Kartini')")
    browser.touch("#lists button", "Ganti petugas")
    browser.wait("document.getElementById('form').open")
    assert_fits(browser)
    browser.touch("#form button", "Kirim")
    browser.wait("document.getElementById('lists').innerText.includes('→')")
    assert_fits(browser)
    picture(browser, "duty")
    rota = next(one for one in json.loads(site.ctl("duty", "list").stdout) if one["team"] == team)
    assert rota["people"] == [code] and rota["now"] == [] and rota["overrides"][0]["instead_of"] == code
    browser.touch("#lists button", "Hapus")
    browser.wait("document.querySelector('#lists .tag.good')?.innerText.includes('Kartini')")


def test_back_closes_the_sheet(browser, site, account):
    sign_in(browser, site, account)
    open_case(browser, site, "kembali")
    browser.run("history.back()")
    browser.wait("!document.getElementById('sheet').open")
    browser.wait("location.hash === '' || location.hash === '#cases'")


def test_narrative_is_read_on_purpose_only(browser, site, account):
    sign_in(browser, site, account)
    open_case(browser, site, "isi")
    assert "dipukuli" not in browser.text()
    browser.touch("#sheet button", "Baca isi laporan")
    browser.wait("document.getElementById('sheet').innerText.includes('dipukuli')")
    picture(browser, "narrative")


def test_review_is_decided(browser, site, account):
    ticket = site.report("permisi mas, ada sesuatu yang ganjil di lapangan, minta dilihat", urgent=True)
    site.idle()
    first = site.trace(ticket)["report"]["id"]
    sign_in(browser, site, account)
    browser.open_tab("queues")
    browser.wait(f"document.querySelector(\"#lists [data-key='{first}']\") !== null")
    browser.touch(f"[data-key='{first}']")
    browser.touch("#sheet button", "Tutup sebagai informasi")
    browser.write("#form textarea", "bukan laporan")
    picture(browser, "review")
    browser.touch("#form button", "Kirim")
    browser.wait("!document.getElementById('sheet').open")
    browser.wait(f"document.querySelector(\"[data-key='{first}']\") === null")


WAITING = ["permisi, ada sesuatu di sana perlu dilihat petugas", "mohon petugas datang ke tempat kami, ada sesuatu",
           "selamat siang, ada orang di sana perlu dilihat"]


def test_several_reviews_are_read_and_closed_together(browser, site, account):
    """Each text is on the screen before it can be ticked; what is not ticked stays."""
    tickets = [site.report(text) for text in WAITING]
    site.idle()
    mine = {site.trace(ticket)["report"]["id"]: text for ticket, text in zip(tickets, WAITING)}
    site.report("halo min, ada yang aneh di dekat pasar, tolong dicek ya")  # possible danger: not among them
    sign_in(browser, site, account)
    browser.open_tab("queues")
    for report in mine:
        browser.wait(f"document.querySelector(\"#lists [data-key='{report}']\") !== null")
    browser.touch("#lists button", "Baca beberapa sekaligus")
    browser.wait("document.querySelectorAll('#sheet .box').length >= 3")
    picture(browser, "together")
    assert_fits(browser)
    assert "mungkin bahaya" not in browser.run("document.getElementById('sheet').innerText").lower()
    assert browser.run("document.querySelector('#sheet form button').disabled")
    *gone, kept = mine
    for report in gone:
        assert mine[report] in browser.run(f"document.querySelector(\"#sheet [data-key='{report}']\").innerText")
        browser.run(f"document.querySelector(\"#sheet [data-key='{report}'] input\").click()")
    browser.write("#sheet form textarea", "salah kirim")
    picture(browser, "together-ticked")
    browser.touch("#sheet form button")
    for report in gone:
        browser.wait(f"document.querySelector(\"#sheet [data-key='{report}']\") === null")
    browser.touch("#sheet button", "Tutup")
    for report in gone:
        browser.wait(f"document.querySelector(\"#lists [data-key='{report}']\") === null")
    assert browser.run(f"document.querySelector(\"#lists [data-key='{kept}']\") !== null")
    decided = site.trace(tickets[0])
    assert decided["report"]["id"] == gone[0] and not decided.get("case"), decided


def test_english_is_one_touch_away(browser, site, account):
    sign_in(browser, site, account)
    browser.touch("#language")
    browser.wait("document.getElementById('tabs').innerText.includes('Cases')")
    assert re.search(r"Messages", browser.text())


def test_signing_out_forgets_the_lists(browser, site, account):
    sign_in(browser, site, account)
    browser.wait("document.querySelector('#lists .card') !== null")
    browser.touch("#me")
    browser.touch("#form button", "Keluar")
    browser.wait("!document.getElementById('login').hidden")
    assert browser.run("document.querySelectorAll('.card').length") == 0
