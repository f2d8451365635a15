"""Hostile PDFs: loops of references, files within themselves, and endless small parts."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping

from tests.unit.extract.made_pdf import drawn, lines, raw_pdf, stream

_LETTER = lines("A letter that a person wrote about the lease of the mill.")


def packed(data: bytes, entries: str = "") -> bytes:
    return stream(zlib.compress(data), f"/Filter /FlateDecode {entries}")


def form_loop(count: int) -> bytes:
    """Return a form whose fields are each other's kids and parents."""
    objects: dict[int, str | bytes] = {
        10 + at: f"<< /FT /Tx /T (f{at}) /V (value {at}) /Parent {10 + (at + 1) % count} 0 R "
        f"/Kids [{10 + (at + 1) % count} 0 R {10 + (at * 7) % count} 0 R] >>"
        for at in range(count)
    }
    return raw_pdf(_LETTER, objects, catalog="/AcroForm << /Fields [10 0 R 11 0 R] >>")


def many_fields(count: int) -> bytes:
    """Return a form of countless fields without a place on any page."""
    objects: dict[int, str | bytes] = {10 + at: f"<< /FT /Tx /T (f{at}) /V (v{at}) >>" for at in range(count)}
    fields = " ".join(f"{10 + at} 0 R" for at in range(count))
    return raw_pdf(_LETTER, objects, catalog=f"/AcroForm << /Fields [{fields}] >>")


def many_choices(count: int) -> bytes:
    options = " ".join(f"[({at}) (Option {at})]" for at in range(count))
    field = f"<< /FT /Ch /T (choice) /V (7) /Opt [{options}] >>"
    return raw_pdf(_LETTER, {10: field}, catalog="/AcroForm << /Fields [10 0 R] >>")


def xfa_entities(_: int) -> bytes:
    """Return a form in XML whose entities stand for each other, a billion times over."""
    laughs = "".join(f'<!ENTITY l{at} "{f"&l{at - 1};" * 10}">' for at in range(1, 10))
    data = f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY l0 "ha">{laughs}]>'
    data += "<xdp:xdp xmlns:xdp='http://ns.adobe.com/xdp/'><template xmlns='x'><subform><field name='a'>"
    data += "<value><text>&l9;</text></value></field></subform></template></xdp:xdp>"
    return raw_pdf(_LETTER, {10: packed(data.encode())}, catalog="/AcroForm << /XFA 10 0 R /Fields [] >>")


def xfa_fields(count: int) -> bytes:
    rows = "".join(f"<field name='f{at}'><value><text>v{at}</text></value></field>" for at in range(count))
    depth = "<subform>" * 500, "</subform>" * 500
    data = "<xdp:xdp xmlns:xdp='http://ns.adobe.com/xdp/'>"
    data += "<template xmlns='http://www.xfa.org/schema/xfa-template/2.8/'>"
    data += f"{depth[0]}{rows}{depth[1]}</template></xdp:xdp>"
    return raw_pdf(_LETTER, {10: packed(data.encode())}, catalog="/AcroForm << /XFA 10 0 R /Fields [] >>")


def reply_loop(count: int) -> bytes:
    """Return remarks that answer each other in a circle."""
    objects: dict[int, str | bytes] = {
        10 + at: f"<< /Type /Annot /Subtype /Text /Rect [0 0 9 9] /Contents (Remark {at}) "
        f"/IRT {10 + (at + 1) % count} 0 R /Popup {10 + at} 0 R /T (Ann) >>"
        for at in range(count)
    }
    annotations = " ".join(f"{10 + at} 0 R" for at in range(count))
    return raw_pdf(_LETTER, objects, page=f"/Annots [{annotations}]")


def small_objects(count: int) -> bytes:
    """Return a page of countless words in two columns, each an object of its own."""
    words = (
        f"BT /F1 4 Tf {50 + 250 * (at % 2) + at % 23 * 9} {800 - at // 40 % 800} Td (w{at}) Tj ET"
        for at in range(count)
    )
    return raw_pdf("\n".join(words).encode())


def hyphens(count: int) -> bytes:
    """Return a page where every line, and every word of it, ends in a hyphen."""
    content = "\n".join(
        f"BT /F1 4 Tf 50 {820 - at % 800} Td (ein-er-zwei-drei-{at}- -) Tj ET" for at in range(count)
    )
    return raw_pdf(content.encode())


def clips(count: int) -> bytes:
    content = b"".join(b"q 10 10 %d 300 re W n BT /F1 9 Tf 20 20 Td (x) Tj ET " % at for at in range(count))
    return raw_pdf(content)


def layer_loop(count: int) -> bytes:
    """Return layers that depend on each other in a circle, within an expression that nests."""
    deep = "[/And " * min(count, 5000) + "10 0 R" + "]" * min(count, 5000)
    objects: dict[int, str | bytes] = {
        10: "<< /Type /OCG /Name (layer) >>",
        11: f"<< /Type /OCMD /OCGs [11 0 R 10 0 R] /VE {deep} >>",
    }
    content = b"/OC /L BDC " * min(count, 5000) + _LETTER + b" EMC" * min(count, 5000)
    catalog = "/OCProperties << /OCGs [10 0 R] /D << /OFF [10 0 R] /Order [10 0 R [11 0 R]] >> >>"
    page = "/Resources << /Properties << /L 11 0 R >> /Font << /F1 5 0 R >> >>"
    return raw_pdf(content, objects, catalog=catalog, page=page)


def portfolio(count: int) -> bytes:
    """Return a PDF with countless files attached, all of them the same one."""
    names = " ".join(f"(f{at}) 10 0 R" for at in range(count))
    objects: dict[int, str | bytes] = {
        10: "<< /Type /Filespec /F (a.txt) /UF (a.txt) /EF << /F 11 0 R >> >>",
        11: packed(b"A note that was attached.", "/Type /EmbeddedFile"),
    }
    catalog = f"/Names << /EmbeddedFiles << /Names [{names}] >> >> /Collection << /View /D >>"
    return raw_pdf(_LETTER, objects, catalog=catalog)


def names_loop(count: int) -> bytes:
    """Return a tree of attached files whose branches hold each other."""
    objects: dict[int, str | bytes] = {
        10 + at: f"<< /Kids [{10 + (at + 1) % count} 0 R {10 + (at * 3) % count} 0 R] >>"
        for at in range(count)
    }
    return raw_pdf(_LETTER, objects, catalog="/Names << /EmbeddedFiles 10 0 R >>")


def within_itself(count: int) -> bytes:
    """Return a PDF within a PDF within a PDF, each twice."""
    data = raw_pdf(_LETTER)
    for _ in range(min(count, 8)):
        objects: dict[int, str | bytes] = {
            10: "<< /Type /Filespec /F (a.pdf) /EF << /F 11 0 R >> >>",
            11: packed(data, "/Type /EmbeddedFile"),
        }
        names = "(a) 10 0 R (b) 10 0 R"
        data = raw_pdf(_LETTER, objects, catalog=f"/Names << /EmbeddedFiles << /Names [{names}] >> >>")
    return data


def attachment_bomb(count: int) -> bytes:
    objects: dict[int, str | bytes] = {
        10: "<< /Type /Filespec /F (a.txt) /EF << /F 11 0 R >> >>",
        11: packed(b"word " * (200 * count), "/Type /EmbeddedFile"),
    }
    return raw_pdf(_LETTER, objects, catalog="/Names << /EmbeddedFiles << /Names [(a) 10 0 R] >> >>")


def filters(count: int) -> bytes:
    """Return a page whose content was packed many times over."""
    data = b" " * (1000 * count)
    for _ in range(6):
        data = zlib.compress(data)
    content = stream(data, f"/Filter [{'/FlateDecode ' * 6}]")
    return raw_pdf(b"").replace(stream(b""), content)


def page_loop(count: int) -> bytes:
    """Return a tree of pages that holds itself, and says that it has many more."""
    data = raw_pdf(_LETTER)
    return data.replace(
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Pages /Kids [3 0 R 2 0 R] /Count %d >>" % count,
    )


def same_page(count: int) -> bytes:
    """Return a PDF whose every page is the same one."""
    kids = b"3 0 R " * count
    return raw_pdf(b"").replace(b"/Kids [3 0 R] /Count 1 >>", b"/Kids [%s] /Count %d >>" % (kids, count))


def tagged_loop(count: int) -> bytes:
    """Return a structure whose elements are each other's kids, with a description each."""
    objects: dict[int, str | bytes] = {
        10 + at: f"<< /Type /StructElem /S /Figure /Alt (picture {at}) /P 10 0 R "
        f"/K [{10 + (at + 1) % count} 0 R {10 + (at * 5) % count} 0 R 0] /Pg 3 0 R >>"
        for at in range(count)
    }
    catalog = "/MarkInfo << /Marked true >> /StructTreeRoot << /Type /StructTreeRoot /K [10 0 R] >>"
    return raw_pdf(_LETTER, objects, catalog=catalog)


def appearance_loop(count: int) -> bytes:
    """Return annotations whose appearances draw themselves."""
    appearance = drawn("x", "/BBox [0 0 9 9]").replace(b"/Font <<", b"/XObject << /X 11 0 R >> /Font <<")
    appearance = appearance.replace(b"BT", b"/X Do /X Do BT")
    annotation = "<< /Type /Annot /Subtype /Stamp /Rect [0 0 9 9] /Contents (stamp) "
    annotation += "/AP << /N 11 0 R >> /Parent 10 0 R >>"
    return raw_pdf(
        _LETTER, {10: annotation, 11: appearance}, page=f"/Annots [{'10 0 R ' * min(count, 100_000)}]"
    )


_MADE = (
    *(
        form_loop,
        many_fields,
        many_choices,
        xfa_entities,
        xfa_fields,
        reply_loop,
        small_objects,
        hyphens,
        clips,
    ),
    *(layer_loop, portfolio, names_loop, within_itself, attachment_bomb, filters, page_loop, same_page),
    *(tagged_loop, appearance_loop),
)
FILES: Mapping[str, Callable[[int], bytes]] = {f"{make.__name__}.pdf": make for make in _MADE}
