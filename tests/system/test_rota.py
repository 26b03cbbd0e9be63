"""People and rotas: who is on duty is told beside the team, an answer by link is the person's, and names and addresses of
people lie in no file of the data folder."""

import datetime
import json
import socketserver
import subprocess
import threading

import pytest
import sigap
from sigap import wait_for
from test_people import CHILD, LINK, Person, press
from test_secrets import places

NAMES = ["Sumartinah", "Wongsodikoro", "Kartolo"]
ADDRESSES = ["sumartinah.w@planted.example", "kartolo@planted.example"]
PEOPLE = {"p-sum": ("Sumartinah Wongsodikoro", ADDRESSES[0]), "p-kar": ("Kartolo", ADDRESSES[1])}


@pytest.fixture
def rota_site(fresh, tmp_path):
    """A site with answer links, two people and a weekly rota of the operators."""
    site = fresh(start=False)

    def with_links(copy):
        (copy / "channels.yaml").write_text(f"console_url: \"http://127.0.0.1:{site.port}\"\nchannels:\n  - {{ name: outbox }}\n")

    site.site = sigap.site_copy(tmp_path, with_links)
    site.start()
    administrator = Person(site, "adm", "administrator", "-", "*")
    for code, (name, address) in PEOPLE.items():
        answer = administrator.post(f"/api/people/{code}", {
            "name": name, "contacts": [{"channel": "outbox"}, {"channel": "email", "address": address}],
            "quiet": {"from": "21:00", "until": "06:00"}})
        assert answer.status == 200, answer
    answer = administrator.post("/api/duty/opr", {"people": list(PEOPLE), "period": "week", "handover": "00:00", "at_once": 1,
                                                  "start": "2020-01-06"})
    assert answer.status == 200, answer
    site.administrator = administrator
    return site


def box(site, name):
    return "".join(path.read_text() for path in sorted((site.data / "outbox" / name).glob("*.txt")))


def links(site, name):
    return wait_for(lambda: LINK.findall(box(site, name)), 10)


def day_of(site, days):
    """A day of the site's own clock and zone."""
    at = site.administrator.get("/api/duty").json["at"] / 1000 + days * 86400
    return datetime.datetime.fromtimestamp(at, datetime.timezone(datetime.timedelta(hours=7))).date()


def on_duty(site):
    duty = site.administrator.get("/api/duty").json["duty"]
    return duty[0]["now"][0]["person"]


def test_who_is_on_duty_is_told_and_answers(rota_site):
    site = rota_site
    first = on_duty(site)
    other = next(code for code in PEOPLE if code != first)
    ticket = site.report(CHILD.format("piket"), urgent=True)
    site.idle()
    own, teams = links(site, f"petugas-{first}"), links(site, "opr")
    assert not (site.data / "outbox" / f"petugas-{other}").exists()
    assert own[0] != teams[0]
    page = site.http("GET", own[0])
    assert page.status == 200 and press(site, page).status == 200
    case = sigap.id_bytes(site.trace(ticket)["case"]["id"])
    coordinator = {"account": "test", "roles": ["coordinator", "KOR"], "areas": ["*"]}

    def answered(actor):
        alerts = site.views.view("notifier", actor=actor, case_file={"case_id": case})[1]["alerts"]
        return next((alert["answered"] for alert in alerts if "answered" in alert), None)

    seen = wait_for(lambda: answered(coordinator), 10)
    assert (seen["team"], seen["by"], seen["by_name"]) == ("opr", first, PEOPLE[first][0])
    assert "by_name" not in answered({"account": "test", "roles": ["auditor"], "areas": ["*"]})
    again = site.http("GET", teams[0]).body.decode()
    assert first not in again and PEOPLE[first][0] not in again, "a mailbox is read by many, and who has a secret case is secret"
    assert PEOPLE[first][0] in site.http("GET", own[0]).body.decode()
    late = press(site, site.http("GET", teams[1]), path=teams[0])
    assert late.status in (403, 409), late


def test_a_lost_telephone_answers_nothing(rota_site):
    """One command makes all links of a person void; the page that lay open answers nothing either. What is sent from now on does."""
    site = rota_site
    first = on_duty(site)
    site.report(CHILD.format("hilang"), urgent=True)
    site.idle()
    lost = links(site, f"petugas-{first}")
    page = site.http("GET", lost[0])
    assert page.status == 200
    site.ctl("people", "void-links", first)
    assert wait_for(lambda: site.http("GET", lost[0]).status == 404, 10)
    assert press(site, page, path=lost[0]).status == 404
    site.report(CHILD.format("pengganti"), urgent=True)
    site.idle()
    renewed = [link for link in links(site, f"petugas-{first}") if link not in lost]
    assert press(site, site.http("GET", renewed[0])).status == 200


def test_names_and_addresses_are_in_no_file(rota_site):
    site = rota_site
    first = on_duty(site)
    site.report(CHILD.format("rahasia"), urgent=True)
    site.idle()
    press(site, site.http("GET", links(site, f"petugas-{first}")[0]))
    shown = site.administrator.get("/api/people").body.decode()
    assert all(address in shown for address in ADDRESSES), "the search below looks for what was entered"
    said = subprocess.run([site.bin / "sigapctl", "--data", site.data, "people", "set", "p-kin", "-"], check=True, text=True,
                          input=json.dumps({"name": "Kartolo Tua", "language": "en"}), stdout=subprocess.PIPE).stdout
    assert "belum dapat dihubungi" in said and "add a contact" in said, said
    said = site.ctl("people", "set", "p-ctl", "name=Kartolo Muda", f"contact=email:{ADDRESSES[1]}", "contact=outbox").stdout
    assert "a channel that this site does not use" in said, said
    site.ctl("people", "list")
    site.idle()
    site.ctl("backup", str(site.data / "backup"))
    planted = NAMES + ADDRESSES + ["planted.example"]
    assert places(site, planted) == []
    assert any("notifier" in path for path, _ in places(site, ["p-ctl"])), "the search is able to find"
    site.stop()
    assert places(site, planted) == [], "left in a file after the end"


class MailServer(socketserver.ThreadingTCPServer):
    """SMTP that takes every mail and keeps it: (recipient, text)."""

    allow_reuse_address, daemon_threads = True, True

    def __init__(self):
        self.mails = []
        super().__init__(("127.0.0.1", 0), Talk)
        threading.Thread(target=self.serve_forever, daemon=True).start()


class Talk(socketserver.StreamRequestHandler):
    def handle(self):
        self.wfile.write(b"220 test\r\n")
        to, text = "", None
        for line in self.rfile:
            if text is not None:
                if line == b".\r\n":
                    self.server.mails.append((to, text.decode()))
                    text = None
                    self.wfile.write(b"250 kept\r\n")
                else:
                    text += line
                continue
            word = line[:4].upper()
            if word == b"RCPT":
                to = line.decode().split("<")[1].split(">")[0]
            if word == b"DATA":
                text = b""
            self.wfile.write({b"DATA": b"354 go on\r\n", b"QUIT": b"221 bye\r\n"}.get(word, b"250 ok\r\n"))
            if word == b"QUIT":
                return


def test_mail_goes_to_the_person_and_leaves_no_address(fresh, tmp_path):
    """Over real SMTP: to the one on duty, not to the other; the address is in no row of attempts and in no log."""
    site, server = fresh(start=False), MailServer()

    def with_mail(copy):
        (copy / "channels.yaml").write_text(
            f"console_url: \"http://127.0.0.1:{site.port}\"\nchannels:\n  - name: email\n    options:\n"
            f"      - {{ name: server, value: \"smtp://127.0.0.1:{server.server_address[1]}\" }}\n"
            "      - { name: from, value: piket@sigap.example }\n      - { name: networks, value: 127.0.0.1/32 }\n"
            "      - { name: plain, value: \"yes\" }\n")

    site.site = sigap.site_copy(tmp_path, with_mail)
    site.start()
    for code, (name, address) in PEOPLE.items():
        site.ctl("people", "set", code, f"name={name}", f"contact=email:{address}")
    site.ctl("duty", "set", "opr", f"people={','.join(PEOPLE)}", "start=2020-01-06", "handover=00:00", "at_once=1")
    first = json.loads(site.ctl("duty", "list").stdout)[0]["now"][0]["person"]
    site.report(CHILD.format("surat"), urgent=True)
    address = PEOPLE[first][1]
    wait_for(lambda: any(to == address for to, _ in server.mails), 20)
    wait_for(lambda: any(to == "piket-opr@sigap.example" for to, _ in server.mails), 20)
    site.idle()
    assert not [to for to, _ in server.mails if to in ADDRESSES and to != address]
    server.shutdown()
    site.stop()
    assert places(site, NAMES + ADDRESSES) == []


def test_restart_keeps_people_and_rotas(rota_site):
    site = rota_site
    first = on_duty(site)
    site.stop()
    site.start()
    site.report(CHILD.format("ulang"), urgent=True)
    site.idle()
    assert links(site, f"petugas-{first}")


def test_rights_versions_and_repetition(rota_site):
    site = rota_site
    responder = Person(site, "petugas", "responder", "TKSK", "35.15")
    near = Person(site, "kab-near", "coordinator", "KAB", "35.15")
    rota = {"people": ["p-sum"], "period": "week", "handover": "07:00", "start": "2026-03-02"}
    assert responder.get("/api/people").status == 403
    assert "Kartolo" not in near.get("/api/people").body.decode()
    assert responder.post("/api/duty/kab-3515", rota).status == 403
    assert near.post("/api/duty/kab-3529", rota).status == 403
    assert near.post("/api/duty/no-such-team", rota).status == 404
    order = "01J0000000000000000000000C"
    first, again = (near.post("/api/duty/kab-3515", rota, Command_Id=order) for _ in range(2))
    assert (first.status, again.status, first.json["version"], again.json["version"]) == (200, 200, 1, 1)
    stale = near.post("/api/duty/kab-3515", {**rota, "expected_version": 9})
    assert stale.status == 409 and "berubah" in stale.json["detail"], stale
    assert near.post("/api/people/p-sum", {"name": "Bukan"}).status == 403


def test_check_names_the_first_uncovered_minute(rota_site):
    site = rota_site
    good = site.ctl("notifier", "rota", "check", "--days", "14", check=False)
    assert good.returncode == 0, good.stderr
    assert "mailbox only" in good.stdout and " tri" in good.stdout and " opr" not in good.stdout
    later = day_of(site, 2)
    for code in PEOPLE:
        site.ctl("duty", "override", "opr", "person=", f"instead_of={code}", f"from={later}T02:00", f"until={later}T03:30")
    bad = site.ctl("notifier", "rota", "check", "--days", "14", check=False)
    assert bad.returncode == 1 and f"opr: nobody is on duty from {later} 02:00 WIB" in bad.stderr, bad
    override = json.loads(site.ctl("duty", "list").stdout)[0]["overrides"][0]["id"]
    site.ctl("duty", "override", "opr", f"remove={override}")
    assert len(json.loads(site.ctl("duty", "list").stdout)[0]["overrides"]) == 1


def test_who_has_left_is_told_nothing_more(rota_site):
    site = rota_site
    first = on_duty(site)
    other = next(code for code in PEOPLE if code != first)
    site.report(CHILD.format("keluar"), urgent=True)
    site.idle()
    link = links(site, f"petugas-{first}")[0]
    site.ctl("people", "remove", first)
    assert links(site, f"petugas-{other}"), "what is open goes to the next"
    assert site.http("GET", link).status == 404
    assert site.administrator.post(f"/api/people/{first}", {"name": "Baru"}).status == 409
    assert PEOPLE[first][0] not in site.administrator.get("/api/people").body.decode()
