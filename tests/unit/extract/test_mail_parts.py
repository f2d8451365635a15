"""The parts of mails as programs write them: bodies in order, packed and signed ones, odd encodings."""

from __future__ import annotations

import base64
from email.message import EmailMessage
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from pathlib import Path

import pytest
from tests.unit.extract.conftest import Read
from tests.unit.extract.made import mapi, msg_folder, pdf, picture, signed, stored, tnef

from twolane.documents import ReadStatus

CASES = Path(__file__).parents[2] / "data" / "cases"
HEAD = b"From: Ada <ada@b.example>\nTo: bo@b.example\nSubject: Rate\nDate: Mon, 01 Jan 2024 10:00:00 +0000\n"
HEAD += b"MIME-Version: 1.0\n"


def part(kind: str, content: bytes, *more: str) -> bytes:
    head = "\n".join([f"Content-Type: {kind}", *more]).encode()
    return head + b"\n\n" + content + b"\n"


def multi(kind: str, *parts: bytes) -> bytes:
    mark = f"=_{kind.replace('/', '_').partition(';')[0]}_{len(b''.join(parts))}"
    body = b"".join(b"--" + mark.encode() + b"\n" + one for one in parts)
    return f'Content-Type: multipart/{kind}; boundary="{mark}"\n\n'.encode() + body + f"--{mark}--\n".encode()


def test_an_invitation_is_read_once_and_its_logo_makes_no_noise(read: Read) -> None:
    """paperless-ngx mail rules: logos became documents, dates stood in the calendar alone (E03)."""
    # when
    reading = read((CASES / "E03" / "invitation.eml").read_bytes(), "invitation.eml")

    # then
    assert "When: 2026-06-11 14:30" in reading.text
    assert "Amselweg 4, second floor" in reading.text
    assert "bonus booklet" in reading.text
    assert "logo.png" not in reading.text
    assert reading.seen == 1
    assert reading.note == ""


def test_odd_encodings_and_names_in_pieces(read: Read) -> None:
    """neomutt#462, stalwart mail-parser#131 (E04)."""
    # when
    reading = read((CASES / "E04" / "charsets.eml").read_bytes(), "charsets.eml")

    # then
    assert "1.240,50 € – zahlbar" in reading.text
    assert "Lieferschein Möbel.txt" in reading.text
    assert "Küchenmöbel an Straße 9" in reading.text
    assert "From: Jürgen € <j@x.example>" in reading.text


def test_an_archive_of_mails_has_what_is_attached(read: Read) -> None:
    """AnythingLLM, docspell: attachments within an mbox (E05)."""
    # when
    reading = read((CASES / "E05" / "archive.mbox").read_bytes(), "archive.mbox")

    # then
    assert "keys are with the neighbour" in reading.text
    assert "212.44" in reading.text


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("fahrplan.mhtml", "Die Fähre legt um 07:40 ab."),
        ("Ferry timetable.mhtml", "boat number 7 leaves the quay"),
    ],
)
def test_a_saved_page_is_its_page_alone(read: Read, name: str, text: str) -> None:
    """langchain PR 6311: the style sheets were the text (E26, E26b)."""
    # when
    reading = read((CASES / "E26" / name).read_bytes(), name)

    # then
    assert text in reading.text
    assert "color:" not in reading.text
    assert "Saved by Blink" not in reading.text
    assert reading.media_type == "multipart/related"


def test_the_frames_of_a_saved_page_are_read_and_its_pictures_are_not(read: Read) -> None:
    # given
    page = multi(
        'related; type="text/html"',
        part("text/html", b"<title>Plan</title><p>Outer</p><iframe src='cid:f@x'></iframe>"),
        part("text/html", b"<p>Inner</p>", "Content-ID: <f@x>"),
        part("image/png", b"AAAA", "Content-Transfer-Encoding: base64", "Content-Location: http://a/x.png"),
        part("application/octet-stream", b"font", "Content-Location: http://a/f.woff"),
    )

    # when
    reading = read(b"From: <Saved by WebKit>\nMIME-Version: 1.0\n" + page, "x")

    # then
    assert reading.text == "Outer\n\nInner"
    assert reading.title == "Plan"
    assert reading.note == ""


def test_bodies_around_an_attachment_are_read_in_order(read: Read) -> None:
    """Apple Mail writes text, a file and more text of another form: the second text was lost."""
    # given
    mail = HEAD + multi(
        "mixed",
        part("text/plain", b"Before the offer."),
        part('text/plain; name="offer.txt"', b"Offer: 12 EUR", "Content-Disposition: inline"),
        part("text/html", b"<p>After the offer.</p>"),
        part("text/plain", b"-- \nsent by a list"),
    )

    # when
    reading = read(mail, "x.eml")

    # then
    first = reading.pages[0].text
    assert first.index("Before the offer.") < first.index("After the offer.") < first.index("sent by a list")
    assert reading.pages[1].label == "offer.txt"


def test_the_same_text_in_two_forms_is_read_once(read: Read) -> None:
    # given
    text = b"The rent rises to 812 EUR from March on."
    mail = HEAD + multi("mixed", part("text/plain", text), part("text/html", b"<p>" + text + b"</p>"))

    # when / then
    assert read(mail, "x.eml").text.count("812") == 1


def test_files_within_an_alternative_are_kept(read: Read) -> None:
    # given
    file = base64.b64encode(pdf([["in the PDF"]]))
    rich = multi(
        "mixed",
        part("text/html", b"<p>Hello there</p>"),
        part('application/pdf; name="a.pdf"', file, "Content-Transfer-Encoding: base64"),
    )

    # when
    reading = read(HEAD + multi("alternative", part("text/plain", b"Hello there"), rich), "x.eml")

    # then
    assert "in the PDF" in reading.text
    assert reading.pages[0].text.count("Hello there") == 1


@pytest.mark.parametrize(
    ("kind", "content", "text"),
    [
        ("text/plain; format=flowed", b"one \ntwo\n> a \n> b\nend", "one two\n> a b\nend"),
        ("text/plain; format=flowed; delsp=yes", "年度 \n报告".encode(), "年度报告"),
        ("text/plain; format=flowed", b"text\n-- \nAda", "text\n--\nAda"),
        ("text/enriched", b"<bold>Now</bold> <<b and\none line\n\nnext", "Now <b and one line\n\nnext"),
        ("text/rtf", rb"{\rtf1\ansi Caf\'e9}", "Café"),
        ("text/html; charset=us-ascii", "<meta charset=windows-1251><p>Счёт</p>".encode("cp1251"), "Счёт"),
        ("text/plain; charset=us-ascii", "Größe".encode(), "Größe"),
        (
            "text/plain; charset=gb2312",
            "朱镕基 随函附上公司年度报告".encode("gbk"),
            "朱镕基 随函附上公司年度报告",
        ),
        ("text/plain; charset=ks_c_5601-1987", "똠방각하".encode("cp949"), "똠방각하"),
        ("text/plain; charset=big5", "衞生署 中環".encode("big5hkscs"), "衞生署 中環"),
        ("text/plain; charset=shift_jis", "①番 ～".encode("cp932"), "①番 ～"),
        ("text/plain; charset=iso-2022-jp", "請求書です".encode("iso2022_jp"), "請求書です"),
        ("text/plain; charset=iso-2022-jp", b'\x1b$B-!\x1b(B to \x1b$B-"\x1b(B', "① to ②"),
        ("text/plain; charset=iso-2022-jp", b"\x1b(I1\x1b(B", "ｱ"),
        ("text/plain; charset=utf-7", b"Gr+APwA3w-e", "Grüße"),
        ("text/plain; charset=koi8-r", "Просим оплатить".encode("koi8_r"), "Просим оплатить"),
        ("text/plain; charset=windows-1256", "مرحبا بكم".encode("cp1256"), "مرحبا بكم"),
        (
            "text/plain; charset=iso-8859-1",
            "Настоящий договор заключён между сторонами и вступает в силу.".encode("cp1251"),
            "Настоящий договор заключён между сторонами и вступает в силу.",
        ),
        (
            "text/plain; charset=iso-8859-1",
            "déjà reçu à l'été, coûté cher à Noël où ça".encode("latin-1"),
            "à Noël",
        ),
        ("text/plain; charset=iso-8859-2", "Zażółć gęślą jaźń".encode("iso-8859-2"), "Zażółć gęślą jaźń"),
        ("text/plain; charset=unknown-8bit", "Straße über".encode("cp1252"), "Straße über"),
    ],
)
def test_texts_are_read_in_the_form_that_they_have(read: Read, kind: str, content: bytes, text: str) -> None:
    # when
    reading = read(HEAD + part(kind, content), "x.eml")

    # then
    assert text in reading.text


@pytest.mark.parametrize(
    ("head", "subject"),
    [
        (b"Subject: =?gb2312?B?" + base64.b64encode("朱镕基".encode("gbk")) + b"?=", "朱镕基"),
        (b"Subject: =?iso-2022-jp?B?" + base64.b64encode("請求書".encode("iso2022_jp")) + b"?=", "請求書"),
        (b"Subject: " + "Größe".encode(), "Größe"),
        (b"Subject: =?utf-8?B?w7w=?=\n =?utf-8?B?w58=?=", "üß"),
    ],
)
def test_subjects_in_any_encoding(read: Read, head: bytes, subject: str) -> None:
    assert read(b"From: a@b.example\n" + head + b"\n\nbody", "x.eml").title == subject


def test_lines_that_an_mbox_quotes_are_as_they_were(read: Read) -> None:
    # given
    start = b"From - Mon Jan  1 10:00:00 2024\n"

    # when
    reading = read(start + HEAD + b"\n>From now on\n\n" + start + HEAD + b"\nsecond", "box")

    # then
    assert "\nFrom now on" in reading.text


def test_a_mail_of_apple_mail_is_read_without_its_frame(read: Read) -> None:
    # given
    mail = HEAD + b"\nThe body."
    data = b"%d\n" % len(mail) + mail + b'<?xml version="1.0"?><plist><dict><key>flags</key></dict></plist>'

    # when
    reading = read(data, "4711.emlx")

    # then
    assert reading.media_type == "message/rfc822"
    assert reading.text.endswith("The body.")


@pytest.mark.parametrize(
    "lead", ["X-Apple-Content-Length: 4000", "X-Mozilla-External-Attachment-URL: file:///a"]
)
def test_an_attachment_that_is_kept_elsewhere_is_said(read: Read, lead: str) -> None:
    # given
    lost = part('application/pdf; name="a.pdf"', b"", "Content-Disposition: attachment", lead)

    # when
    reading = read(HEAD + multi("mixed", part("text/plain", b"See it."), lost), "x.eml")

    # then
    assert "attachment a.pdf, which is kept outside this mail, not read" in reading.note
    assert reading.seen < 1


def test_signed_mail_that_is_packed_is_opened(read: Read) -> None:
    """ddeboer/imap#467: the mail was one attachment, smime.p7m."""
    # given
    inner = multi(
        "mixed",
        part("text/plain; charset=utf-8", "Die Kündigung liegt bei.".encode()),
        part('text/csv; name="b.csv"', b"a,b\n1,2", "Content-Disposition: attachment"),
    )
    packed = base64.encodebytes(signed(inner))
    kind = 'application/pkcs7-mime; smime-type=signed-data; name="smime.p7m"'

    # when
    reading = read(HEAD + part(kind, packed, "Content-Transfer-Encoding: base64"), "x.eml")

    # then
    assert "Die Kündigung liegt bei." in reading.text
    assert "b.csv" in reading.text
    assert reading.note == ""


def test_mail_that_is_encrypted_is_said_to_be(read: Read) -> None:
    # given
    locked = base64.encodebytes(signed(b"", "enveloped_data"))
    smime = part("application/pkcs7-mime; name=smime.p7m", locked, "Content-Transfer-Encoding: base64")
    pgp = multi(
        'encrypted; protocol="application/pgp-encrypted"',
        part("application/pgp-encrypted", b"Version: 1"),
        part("application/octet-stream; name=encrypted.asc", b"-----BEGIN PGP MESSAGE-----"),
    )
    inline = part("text/plain", b"-----BEGIN PGP MESSAGE-----\n\nhQEMA\n-----END PGP MESSAGE-----\n")

    for body, lock in ((smime, "S/MIME"), (pgp, "PGP"), (inline, "PGP")):
        # when
        reading = read(HEAD + body, "x.eml")

        # then
        assert reading.status is ReadStatus.ENCRYPTED
        assert lock in reading.note
        assert [one.value for one in reading.stated if one.field == "title"] == ["Rate"]


def test_text_beside_what_is_encrypted_is_read(read: Read) -> None:
    # given
    text = b"Hi,\n-----BEGIN PGP MESSAGE-----\n\nhQEMA\n-----END PGP MESSAGE-----\nBye"

    # when
    reading = read(HEAD + part("text/plain", text), "x.eml")

    # then
    assert reading.text.endswith("Hi,\nBye")
    assert "encrypted by PGP" in reading.note
    assert reading.seen < 1


def test_signatures_are_no_text_and_no_noise(read: Read) -> None:
    # given
    text = b"-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\n- - first\nsum 12\n"
    text += b"-----BEGIN PGP SIGNATURE-----\n\niQEz\n-----END PGP SIGNATURE-----\n"
    mail = multi(
        "signed",
        part("text/plain", text),
        part('application/pkcs7-signature; name="smime.p7s"', b"MIIF", "Content-Disposition: attachment"),
    )

    # when
    reading = read(HEAD + mail, "x.eml")

    # then
    assert reading.text.endswith("\n- first\nsum 12")
    assert reading.note == ""


def test_a_signed_file_alone_is_read(read: Read) -> None:
    """CAdES: invoices and contracts of Italy are signed so (contract.pdf.p7m)."""
    # given
    data = signed(pdf([["signed contract"]]))

    # when
    plain, letters = read(data, "contract.pdf.p7m"), read(base64.encodebytes(data), "contract.pdf.p7m")

    # then
    assert "signed contract" in plain.text
    assert letters.text == plain.text
    assert read(signed(b""), "x.p7s").status is ReadStatus.UNSUPPORTED
    assert read(signed(b"", "enveloped_data"), "x.p7m").status is ReadStatus.ENCRYPTED


def winmail() -> bytes:
    rtf = rb"{\rtf1\ansi The packed body.}"
    header = (len(rtf) + 12).to_bytes(4, "little") + len(rtf).to_bytes(4, "little") + b"MELA" + bytes(4)
    name = "Übersicht.txt".encode("utf-16-le")
    return tnef(
        [
            (0x9007, (1252).to_bytes(4, "little") + bytes(4)),
            (0x8004, b"Packed\0"),
            (0x9003, mapi([(0x1009, 0x102, header + rtf)])),
            (0x9002, bytes(14)),
            (0x8010, b"BERSI~1.TXT\0"),
            (0x800F, b"in the packed file"),
            (0x9005, mapi([(0x3707, 0x1F, name)])),
        ]
    )


def test_what_outlook_packs_away_is_read(read: Read) -> None:
    """winmail.dat: body and files were said, and not read."""
    # given
    file = base64.encodebytes(winmail())
    kind = 'application/ms-tnef; name="winmail.dat"'
    mail = multi("mixed", part("text/plain", b""), part(kind, file, "Content-Transfer-Encoding: base64"))

    # when
    alone, within = read(winmail(), "winmail.dat"), read(HEAD + mail, "x.eml")

    # then
    assert alone.title == "Packed"
    for reading in (alone, within):
        assert "The packed body." in reading.text
        assert "Übersicht.txt" in reading.text
        assert "in the packed file" in reading.text
        assert reading.note == ""


def test_a_message_that_outlook_packs_within_is_read(read: Read) -> None:
    """tnefparse#74: attachments of method 5 were not extracted."""
    # given
    inner = tnef([(0x9003, mapi([(0x1000, 0x1E, b"The inner letter.")]))])
    data = tnef([(0x9002, b""), (0x9005, mapi([(0x3701, 0x0D, bytes(16) + inner)]))])

    # when / then
    assert "The inner letter." in read(data, "winmail.dat").text


@pytest.mark.parametrize(
    ("kind", "content", "text"),
    [
        ("text/plain; charset=iso-2022-jp", "ほげ".encode(), "ほげ"),  # mikel/mail#1423
        ("text/plain", "請求書です".encode("iso2022_jp"), "請求書です"),  # zammad#6144
        ("text/plain; charset=iso-2022-jp", b"\x1b$B-!\x1b(B\n\x1b$BF|\x1b(B", "①\n日"),  # sogo#380
        ("text/plain; charset=gb2312", "①〇鎔".encode("gb18030"), "①〇鎔"),  # helpy#2059
    ],
)
def test_encodings_that_mail_programs_name_wrongly(read: Read, kind: str, content: bytes, text: str) -> None:
    assert text in read(HEAD + part(kind, content), "x.eml").text


def test_a_signed_mail_as_outlook_keeps_it_is_read(read: Read) -> None:
    """outlook-message-parser#40: what was attached to signed mails was lost."""
    # given
    parts = multi(
        "signed",
        part("text/plain", b"The signed letter."),
        part('application/pkcs7-signature; name="smime.p7s"', b"MIIF"),
    )
    attached = msg_folder({0x3707: "smime.p7m", 0x3701: parts}, offset=8)
    item = msg_folder(
        {0x1A: "IPM.Note.SMIME.MultipartSigned", 0x37: "Rate"}, {"__attach_version1.0_#00000000": attached}
    )

    # when
    reading = read(stored(item), "x.msg")

    # then
    assert "The signed letter." in reading.text
    assert "MIIF" not in reading.text


@pytest.mark.parametrize("cut", range(6, 300, 7))
def test_damaged_packs_break_nothing(read: Read, cut: int) -> None:
    # when
    data = winmail()
    readings = [read(data[:cut], "winmail.dat"), read(data[:cut] + b"\xff" * 30 + data[cut:], "winmail.dat")]

    # then
    assert all(one.status in set(ReadStatus) for one in readings)


def test_a_report_says_what_became_of_a_mail(read: Read) -> None:
    # given
    report = multi(
        "report; report-type=delivery-status",
        part("text/plain", b"Your mail came back."),
        part(
            "message/delivery-status",
            b"Reporting-MTA: dns; b\n\nFinal-Recipient: rfc822; bo@b\nStatus: 5.1.1\n",
        ),
        part("message/rfc822", HEAD + b"\nThe lost letter."),
    )

    # when
    reading = read(HEAD + report, "x.eml")

    # then
    assert "Your mail came back." in reading.text
    assert "Status: 5.1.1" in reading.text
    assert "The lost letter." in reading.text


@pytest.mark.parametrize(
    ("body", "note"),
    [
        (part("message/partial; number=1; total=3; id=a", HEAD + b"\nfirst piece"), "part 1 of 3"),
        (
            part(
                "message/external-body; access-type=URL; url=http://a.example/b.pdf", b"Content-Type: x/y\n\n"
            ),
            "outside this mail",
        ),
    ],
)
def test_what_lies_elsewhere_is_said(read: Read, body: bytes, note: str) -> None:
    assert note in read(HEAD + body, "x.eml").note


def test_a_mail_within_a_mail_in_base64_is_read(read: Read) -> None:
    # given
    inner = base64.encodebytes(HEAD + b"\nThe inner letter.")
    body = multi(
        "mixed",
        part("text/plain", b"Outer."),
        part("message/rfc822", inner, "Content-Transfer-Encoding: base64"),
    )

    # when / then
    assert "The inner letter." in read(HEAD + body, "x.eml").text


def test_files_in_uuencode_are_read(read: Read) -> None:
    # given
    text = b"See below.\nbegin 644 a.txt\n#0V%T\n`\nend\nBye"

    # when
    reading = read(HEAD + b"\n" + text, "x.eml")

    # then
    assert "Attachments: a.txt" in reading.pages[0].text
    assert "#0V%T" not in reading.text
    assert reading.pages[1].text == "Cat"


def test_a_photo_that_is_shown_in_the_text_is_no_decoration(read: Read) -> None:
    # given
    mail = EmailMessage()
    mail["From"], mail["Subject"] = "a@b.example", "Receipt"
    mail.set_content("<p>Here</p><img src='cid:r1'>", subtype="html")
    mail.add_related(picture("TOTAL 12"), "image", "png", cid="<r1>", filename="IMG_1.png")

    # when / then
    assert "IMG_1.png" in read(mail.as_bytes(), "x.eml").text


def test_parts_without_number_end(read: Read) -> None:
    # given
    mail = MIMEMultipart()
    for number in range(900):
        mail.attach(MIMEText(f"part {number}"))

    # when
    reading = read(HEAD + mail.as_bytes(), "x.eml")

    # then
    assert "some of its many parts not read" in reading.note


def test_an_outlook_item_with_a_message_and_a_body_in_rtf(read: Read) -> None:
    # given
    inner = msg_folder({0x37: "Inner subject", 0x1000: "The inner letter."}, offset=24)
    attached = msg_folder({0x3705: 5}, {"__substg1.0_3701000D": inner}, offset=8)
    lost = msg_folder({0x3705: 2, 0x3707: "plan.pdf"}, offset=8)
    copied = msg_folder({0x3001: "Bo", 0x39FE: "bo@b.example", 0x0C15: 2}, offset=8)
    rtf = rb"{\rtf1\ansi The body in RTF.}"
    folders = {
        "__recip_version1.0_#00000000": copied,
        "__attach_version1.0_#00000000": attached,
        "__attach_version1.0_#00000001": lost,
    }
    data = stored(
        msg_folder(
            {
                0x37: "Outer",
                0x1009: rtf,
                0x0C1A: "Ada",
                0x5D01: "ada@b.example",
                0x39: 133_500_000_000_000_000,
            },
            folders,
        )
    )

    # when
    reading = read(data, "x.msg")

    # then
    assert reading.pages[0].text.startswith(
        "From: Ada <ada@b.example>\nCc: Bo <bo@b.example>\nSubject: Outer\nDate: 2024-01-17"
    )
    assert "The body in RTF." in reading.text
    assert "The inner letter." in reading.pages[1].text
    assert "attachment plan.pdf, which is kept outside this mail, not read" in reading.note


def test_an_appointment_of_outlook_says_when_and_where(read: Read) -> None:
    # given
    names = b"".join(
        number.to_bytes(4, "little") + bytes([6, 0]) + index.to_bytes(2, "little")
        for index, number in enumerate((0x820D, 0x8208))
    )
    item = msg_folder(
        {
            0x1A: "IPM.Appointment",
            0x37: "Besichtigung",
            0x8000: 133_500_000_000_000_000,
            0x8001: "Amselweg 4",
        },
        {"__nameid_version1.0": {"__substg1.0_00030102": names}},
    )

    # when
    reading = read(stored(item), "x.msg")

    # then
    assert "Start: 2024-01-17 21:20 (UTC)" in reading.text
    assert "Where: Amselweg 4" in reading.text
