"""Reports by e-mail are answered by e-mail, over real LMTP and SMTP: neutral, to nobody who did not write, never to a machine."""

import base64
import email
import email.policy
import re
import smtplib
import time

import sigap
from test_rota import MailServer

TICKET = re.compile(r"\d{6}-[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]")
TEXT = "Ibu Sumartinah di Papar Kediri dipukuli suaminya."


def with_mailbox(server):
    def change(copy):
        (copy / "sources.yaml").write_text(f"""channels:
  - name: lapor
    source: email
    options:
      - {{ name: address, value: lapor@sigap.example }}
      - {{ name: server, value: "smtp://127.0.0.1:{server.server_address[1]}" }}
      - {{ name: networks, value: "127.0.0.0/8" }}
      - {{ name: plain, value: "yes" }}
  - name: diam
    source: email
    silent: yes
    options:
      - {{ name: address, value: diam@sigap.example }}
      - {{ name: server, value: "smtp://127.0.0.1:{server.server_address[1]}" }}
      - {{ name: networks, value: "127.0.0.0/8" }}
      - {{ name: plain, value: "yes" }}
""")
    return change


def test_a_mail_is_answered_and_asks_again(fresh, tmp_path):
    site, server = fresh(start=False), MailServer()
    site.site = sigap.site_copy(tmp_path, with_mailbox(server))
    site.start()
    number = iter(range(100))

    def say(subject, text, to="lapor@sigap.example", sender="rina@example.org", headers=""):
        mail = (f"From: Rina <{sender}>\r\nTo: {to}\r\nMessage-ID: <{next(number)}@example.org>\r\n{headers}"
                f"Subject: {subject}\r\n\r\n{text}\r\n")
        with smtplib.LMTP(str(site.data / "run" / "intake.lmtp")) as lmtp:
            assert lmtp.sendmail(sender, [to], mail.encode()) == {}

    def answers(count):
        sigap.wait_for(lambda: len(server.mails) >= count, 10)
        time.sleep(0.3)
        assert len(server.mails) == count, server.mails
        to, text = server.mails[-1]
        mail = email.message_from_string(text, policy=email.policy.default)
        return to, mail, mail.get_content()

    say("Tolong", TEXT)
    to, mail, text = answers(1)
    ticket = TICKET.search(text).group()
    assert to == "rina@example.org" and mail["From"] == "lapor@sigap.example" and mail["Auto-Submitted"] == "auto-replied"
    assert mail["Date"].datetime.year >= 2026 and mail["Message-ID"].endswith("@sigap.example>")
    assert "112" in text and "Sumartinah" not in mail.as_string() and "pukul" not in text
    assert ticket not in mail["Subject"] and "lapor" not in mail["Subject"].lower()

    say(f"Re: Bls: status {ticket}", "-- \r\nRina, dikirim dari telepon")
    assert ticket in answers(2)[2]
    say("Pertanyaan", f"\r\nstatus {ticket}\r\n\r\n> kutipan lama", headers="Reply-To: rina.lain@example.org\r\n")
    to, mail, text = answers(3)
    assert to == "rina.lain@example.org" and ticket in text
    reports = site.journal_heads("intake")
    say("status 261126-AAAA-AAAA-AAAA-AAAA-A", "")
    answers(4)
    assert site.journal_heads("intake") == reports, "a question is no report"
    say(f"Re: status {ticket}", "Dia sudah pindah ke rumah ibunya di Pare.")
    assert answers(6)[2] and all(ticket in email.message_from_string(text, policy=email.policy.default).get_content()
                                 for _, text in server.mails[4:]), "what is said beside a question joins that report"
    assert site.journal_heads("intake") != reports

    # Nobody is told: machines, lists, a silent mailbox, an address that would be two.
    say("Cuti", "saya cuti", headers="Auto-Submitted: auto-replied\r\n")
    say("Buletin", "Nenek di Wlingi sakit", headers="List-Id: <warga.example.org>\r\n", sender="daftar@example.org")
    say("Promo", "Nenek di Papar sakit", headers="Precedence: bulk\r\n", sender="massal@example.org")
    say("Tolong", "Nenek di Garum Blitar sakit", to="diam@sigap.example", sender="lain@example.org")
    say("Tolong", "Nenek di Srengat Blitar sakit", sender="dua@example.org", headers="Reply-To: <a@b.example,c@d.example>\r\n")
    time.sleep(1)
    assert len(server.mails) == 6
    site.stop()
    server.shutdown()
    planted = [b"rina@example.org", base64.b64encode(b"rina@example.org")]
    for file in (site.data / "log").glob("*"):
        assert not any(each in file.read_bytes() for each in planted), file


def test_mails_under_one_subject_are_one_report(fresh, tmp_path):
    """A mail that answers an earlier one, our answer to it, or goes on under its subject joins it; another subject does not."""
    site, server = fresh(start=False), MailServer()
    site.site = sigap.site_copy(tmp_path, with_mailbox(server))
    site.start()
    number = iter(range(100))

    def say(subject, text, sender="rina@example.org", headers=""):
        mail = (f"From: Rina <{sender}>\r\nTo: lapor@sigap.example\r\nMessage-ID: <{next(number)}@example.org>\r\n{headers}"
                f"Subject: {subject}\r\n\r\n{text}\r\n")
        before = len(server.mails)
        with smtplib.LMTP(str(site.data / "run" / "intake.lmtp")) as lmtp:
            assert lmtp.sendmail(sender, ["lapor@sigap.example"], mail.encode()) == {}
        sigap.wait_for(lambda: len(server.mails) > before, 10)
        text = email.message_from_string(server.mails[-1][1], policy=email.policy.default).get_content()
        return TICKET.search(text).group(), text

    first, answer = say("Kakek di Garum Blitar", "Kakek 80 tahun sendirian, sakit dan belum makan")
    assert say("Re: Kakek di Garum Blitar", "sekarang tidak sadar")[0] == first
    assert say("kakek di garum blitar", "rumahnya dekat masjid")[0] == first
    assert say("Sesuatu yang lain", "masih saya tunggu", headers="In-Reply-To: <0@example.org>\r\n")[0] == first
    quoted = "".join(f"> {line}\r\n" for line in answer.splitlines())
    assert say("Re: Pesan layanan", f"terima kasih\r\n\r\n{quoted}")[0] == first
    others = [say("Kakek di Garum Blitar", "Kakek 80 tahun sendirian", sender="budi@example.org")[0],
              say("Laporan", "Anak 7 tahun di Wlingi Blitar dipukuli ayahnya")[0],
              say("Laporan", "Tetangga di Kanigoro Blitar dirantai di kandang")[0]]
    assert first not in others and len(set(others)) == 3, others
