"""People at the console, over its HTTP API: signing in, rights, answering an offer, answering an alert by its link."""

import json
import re

import pytest
from sigap import wait_for

CHILD = ("Anak tetangga saya umur 8 tahun sedang dipukuli bapaknya pakai kayu, sekarang masih. Rumahnya di Krian Sidoarjo, "
         "tolong segera, laporan {}.")


class Person:
    """Somebody signed in. Asks and orders with the cookie and the token of the page."""

    def __init__(self, site, name, *rights):
        made = json.loads(site.ctl("admin", "create", name, *rights).stdout)
        self.site, self.name, self.password = site, name, made["password"]
        answer = self.sign_in(self.password)
        assert answer.status == 200, answer
        self.cookie = answer.headers["set-cookie"].split(";")[0]
        self.csrf = answer.json["csrf"]

    def sign_in(self, password):
        return sign_in(self.site, self.name, password)

    def get(self, path):
        return self.site.http("GET", path, None, {"Cookie": self.cookie})

    def post(self, path, body=None, **headers):
        sent = {"Cookie": self.cookie, "X-CSRF-Token": self.csrf, "Content-Type": "application/json"}
        sent.update({key.replace("_", "-"): value for key, value in headers.items()})
        return self.site.http("POST", path, json.dumps(body or {}).encode(), {k: v for k, v in sent.items() if v is not None})


def sign_in(site, name, password):
    return site.http("POST", "/api/login", json.dumps({"account": name, "password": password}).encode(),
                     {"Content-Type": "application/json"})


@pytest.fixture(scope="module")
def coordinator(site):
    return Person(site, "koordinator", "coordinator", "KOR", "*")


@pytest.fixture
def case(site, coordinator):
    """A child in danger: the ids of its case and of the offer that stands open."""
    case.number = getattr(case, "number", 0) + 1
    ticket = site.report(CHILD.format(case.number), urgent=True)
    site.idle()
    trace = site.trace(ticket)
    document = coordinator.get(f"/api/cases/{trace['case']['id']}")
    assert document.status == 200, document
    return {"ticket": ticket, "id": trace["case"]["id"], "document": document.json}


def find(document, key):
    """Every value of that member, wherever it stands."""
    if isinstance(document, dict):
        for name, value in document.items():
            if name == key:
                yield value
            yield from find(value, key)
    elif isinstance(document, list):
        for value in document:
            yield from find(value, key)


def offer_of(document):
    return next(offers[0] for offers in find(document, "offers") if offers)


def test_wrong_password_and_unknown_name_are_alike(site, coordinator):
    wrong, unknown = sign_in(site, "koordinator", "not the password"), sign_in(site, "nobody", "not the password")
    assert (wrong.status, unknown.status) == (401, 401)
    assert wrong.json["title"] == unknown.json["title"]


def test_cookie_is_guarded(site, coordinator):
    answer = coordinator.sign_in(coordinator.password)
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie and "samesite=strict" in cookie
    assert coordinator.get("/api/me").json["account"] == "koordinator"


@pytest.mark.parametrize("path", ["/api/cases", "/api/queues", "/api/tasks", "/api/deliveries", "/api/facilities", "/api/status"])
def test_nobody_sees_anything_unsigned(site, coordinator, path):
    assert site.http("GET", path).status == 401
    assert coordinator.get(path).status == 200


def test_order_without_the_page_is_refused(coordinator, case):
    offer = offer_of(case["document"])["id"]
    assert coordinator.post(f"/api/offers/{offer}/accept", X_CSRF_Token=None).status == 403
    assert coordinator.post(f"/api/offers/{offer}/accept", X_CSRF_Token="a" * 32).status == 403
    assert coordinator.post(f"/api/offers/{offer}/accept", Sec_Fetch_Site="cross-site").status == 403


def test_accepted_offer_is_in_the_trace_and_stands_others_down(site, coordinator, case):
    offer = offer_of(case["document"])
    mail = site.outbox_bytes()
    answer = coordinator.post(f"/api/offers/{offer['id']}/accept",
                              {"on_behalf_of": offer["facility"], "reason": "lewat telepon", "expected_version": offer["version"]})
    assert answer.status == 200, answer
    trace = site.wait_trace(case["ticket"], lambda trace: any(o["state"] == "accepted" for o in trace["offers"]))
    assert trace["referral"]["state"] == "active"
    wait_for(lambda: site.outbox_bytes() > mail, 10)
    stale = coordinator.post(f"/api/offers/{offer['id']}/reject", {"reason_code": "PENUH", "expected_version": offer["version"], "on_behalf_of": offer["facility"]})
    assert stale.status == 409, stale


def test_same_order_twice_acts_once(coordinator, case):
    offer = offer_of(case["document"])
    order = {"reason_code": "PENUH", "expected_version": offer["version"], "on_behalf_of": offer["facility"]}
    first = coordinator.post(f"/api/offers/{offer['id']}/reject", order, Command_Id="01J0000000000000000000000" + "A")
    again = coordinator.post(f"/api/offers/{offer['id']}/reject", order, Command_Id="01J0000000000000000000000" + "A")
    assert (first.status, again.status) == (200, 200), (first, again)
    assert first.json["version"] == again.json["version"]


def test_rejected_offer_goes_to_the_next(site, coordinator, case):
    offer = offer_of(case["document"])
    answer = coordinator.post(f"/api/offers/{offer['id']}/reject",
                              {"reason_code": "PENUH", "on_behalf_of": offer["facility"]})
    assert answer.status == 200, answer
    def others(trace):
        return [o for o in trace["offers"] if o["facility"] != offer["facility"]] or trace["referral"]["state"] != "active"
    trace = site.wait_trace(case["ticket"], others)
    assert trace["referral"]["state"] in ("active", "unroutable", "home")


def test_facility_sees_only_its_own(site, coordinator, case):
    """Staff of another facility see neither the offer nor the case; staff of the one that was asked see a masked offer."""
    offer = offer_of(case["document"])
    asked = Person(site, "staf-asked-%s" % case["id"][-6:].lower(), "facility", "UPT", "-", offer["facility"])
    other = Person(site, "staf-other-%s" % case["id"][-6:].lower(), "facility", "UPT", "-", "KSBY-LIPONSOS")
    assert other.get(f"/api/cases/{case['id']}").status == 403
    assert other.post(f"/api/offers/{offer['id']}/accept").status in (403, 404)
    seen = asked.get("/api/queues")
    assert seen.status == 200 and offer["id"] in seen.body.decode()
    assert "dipukuli" not in seen.body.decode(), "free text before acceptance"
    assert asked.post(f"/api/offers/{offer['id']}/accept").status == 200


def test_case_of_another_area_is_refused(site, coordinator, case):
    far = Person(site, "kab-far-%s" % case["id"][-6:].lower(), "coordinator", "KAB", "35.29")
    near = Person(site, "kab-near-%s" % case["id"][-6:].lower(), "coordinator,responder", "KAB,PPA", "35.15")
    assert case["id"] not in far.get("/api/cases").body.decode()
    assert far.get(f"/api/cases/{case['id']}").status == 403
    assert case["id"] in near.get("/api/cases").body.decode()


# --- links in messages

LINK = re.compile(r"https?://[^\s]*(/a/[A-Za-z0-9_.\-]+)")


@pytest.fixture
def linked(fresh, tmp_path):
    """A site whose messages carry answer links."""
    import sigap

    site = fresh(start=False)

    def with_links(copy):
        (copy / "channels.yaml").write_text(f"console_url: \"http://127.0.0.1:{site.port}\"\nchannels:\n  - {{ name: outbox }}\n")

    site.site = sigap.site_copy(tmp_path, with_links)
    return site.start()


def links_of(site, team):
    """The answer links of the newest message in the team's box, as paths."""
    def look():
        files = sorted((site.data / "outbox" / team).glob("*.txt"))
        return LINK.findall(files[-1].read_text()) if files else []

    return wait_for(look, 10)


def press(site, page, **change):
    """What a touch on the page's first button sends."""
    form = page.body.decode()
    order, action = re.search(r'name="id" value="([^"]+)"', form).group(1), re.search(r'action="(/a/[^"]+)"', form).group(1)
    path, order = change.get("path", action), change.get("order", order)
    return site.http("POST", path, f"id={order}&action=accept".encode(), {"Content-Type": "application/x-www-form-urlencoded"})


def states(site, ticket):
    return {alert["subject"]: alert["state"] for alert in view_alerts(site, ticket)}


def test_link_shows_on_get_and_answers_on_post(linked):
    site = linked
    ticket = site.report(CHILD.format("tautan"), urgent=True)
    site.idle()
    link = links_of(site, "opr")[0]
    for _ in range(3):  # scanners follow links; that must answer nothing
        page = site.http("GET", link)
        assert page.status == 200 and "<form" in page.body.decode(), page
        assert "dipukuli" not in page.body.decode(), "free text on a page without a login"
    assert site.http("HEAD", link).status in (200, 405)
    assert states(site, ticket)["case"] == "open"
    forged = press(site, page, path=link[:-6] + "AAAAAA", order="01J0000000000000000000000B")
    assert forged.status in (403, 404) and states(site, ticket)["case"] == "open", forged
    assert press(site, page).status == 200
    wait_for(lambda: states(site, ticket)["case"] == "answered", 10)
    again = press(site, page)
    assert again.status == 200, "the same touch twice is the same order"


def test_facility_accepts_by_link(linked):
    """The offer's own link: the offer is accepted and the alerts of the case are stood down."""
    site = linked
    ticket = site.report(CHILD.format("fasilitas"), urgent=True)
    site.idle()
    facility = site.trace(ticket)["offers"][0]["facility"]
    page = site.http("GET", links_of(site, f"fas-{facility.lower()}")[0])
    assert page.status == 200 and press(site, page).status == 200
    site.wait_trace(ticket, lambda trace: trace["offers"][0]["state"] == "accepted")
    wait_for(lambda: states(site, ticket)["case"] in ("stood-down", "answered"), 10)


def view_alerts(site, ticket):
    import sigap

    case = sigap.id_bytes(site.trace(ticket)["case"]["id"])
    return site.views.view("notifier", case_file={"case_id": case})[1]["alerts"]
