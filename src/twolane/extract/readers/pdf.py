"""PDF, page by page: its text, form fields and remarks; pages that are only pictures go to OCR."""

from __future__ import annotations

import ctypes
import math
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from twolane.documents import ReadStatus
from twolane.extract.base import NESTING_LIMIT, Draft, Refused, SourceFile, has_words
from twolane.extract.readers import ocr
from twolane.extract.readers.headings import PlacedLine, largest_heading, placed_line
from twolane.extract.readers.invoice import Invoice, invoice_in
from twolane.extract.readers.page_objects import IDENTITY, Box, Matrix, Painted, PaintedText, times, unseen
from twolane.extract.readers.xml import parse_xml
from twolane.extract.visible import LEAST_OPACITY, WHITE, is_lost
from twolane.facts import DATE, TITLE, Origin

_PASSWORD_ERROR = 4  # FPDF_ERR_PASSWORD
_SECURITY_ERROR = 5  # FPDF_ERR_SECURITY: an encryption that PDFium does not know
_ANNOTATION_LIMIT = 500
_ATTACHMENT_LIMIT = 50
_ATTACHMENT_BYTES = 48 << 20
_WIDGET = 20  # FPDF_ANNOT_WIDGET
_REMARKS = frozenset({1, 3})  # FPDF_ANNOT_TEXT, FPDF_ANNOT_FREETEXT
_NOT_SHOWN = 2 | 32  # FPDF_ANNOT_FLAG_HIDDEN, FPDF_ANNOT_FLAG_NOVIEW
_VALUE_LIMIT = 4000
_HEADING_CHARS, _HEADING_LINES = 2500, 80
_UPRIGHT_RADIANS = 0.1  # what is written up the margin is no heading
_APART = 2.0  # letter heights between two texts of one line
_OBJECTS_LOOKED_AT = 400
_MOST_OBJECTS, _MOST_PAINTED, _MOST_NESTING = 10_000, 1_000, 3
_RECTANGLE_POINTS, _LINE_POINTS = 5, 2
_OCR_DPI = 200
_FEW_WORD_CHARS = 20
_WORD_CHARACTER = re.compile(r"\w")
_NO_TITLE = re.compile(
    r"(untitled|anonymous|title|document\d*|unknown|no title|powerpoint presentation|\W*)$", re.I
)
_PROGRAM_PREFIX = re.compile(r"^(microsoft (word|powerpoint|excel)|word|layout \d+) - ", re.I)
_FILE_NAME = re.compile(r"\S+\.(docx?|pdf|indd|qxd|xlsx?|pptx?|tex|dvi|rtf|html?|tmp)$", re.I)


def read(source: SourceFile, draft: Draft) -> None:
    """Read the pages in order until they or a limit end; the first page that OCR may not read is noted."""
    import pypdfium2

    source.file.seek(0)
    try:
        document = pypdfium2.PdfDocument(source.file)
    except pypdfium2.PdfiumError as error:
        if error.err_code in {_PASSWORD_ERROR, _SECURITY_ERROR}:
            raise Refused(ReadStatus.ENCRYPTED, "protected by a password") from error
        raise Refused(ReadStatus.DAMAGED, "no PDF reader can open it: its structure is damaged") from error
    try:
        draft.page_count = len(document)
        draft.title = sane_title(document.get_metadata_value("Title"))
        draft.state(TITLE, draft.title, Origin.PDF)
        draft.state(DATE, document.get_metadata_value("CreationDate"), Origin.PDF)
        attached = _attachments(document, source.size_bytes, draft)
        invoice = _taken_out(attached)
        try:
            _read_pages(document, draft)
        finally:
            if invoice:
                _state_invoice(invoice, draft)
        _read_attached(attached, draft)
    finally:
        document.close()


def _attachments(document: Any, size_bytes: int, draft: Draft) -> list[SourceFile]:
    """Return the files that go along with the pages, as far as they may be read."""
    import pypdfium2

    found: list[SourceFile] = []
    count = document.count_attachments()
    if count and size_bytes > 2 * _ATTACHMENT_BYTES:  # to ask for the size of one unpacks it
        draft.note(f"{count} attached files were not read: the PDF has {size_bytes >> 20:,} MiB")
        return found
    for index in range(min(count, _ATTACHMENT_LIMIT)):
        if sum(file.size_bytes for file in found) > 2 * _ATTACHMENT_BYTES:
            draft.note(f"{count - index} attached files were not read: they are too large together")
            break
        try:
            attachment = document.get_attachment(index)
            found.append(SourceFile.of(_bytes(attachment), attachment.get_name()))
        except (pypdfium2.PdfiumError, ValueError) as error:
            draft.note(f"an attached file was not read: {error}"[:200])
    return found


def _bytes(attachment: Any) -> bytes:
    """Return the bytes of an attachment; raises ValueError for more than may be held."""
    import pypdfium2.raw as pdfium_c

    size = ctypes.c_ulong()
    pdfium_c.FPDFAttachment_GetFile(attachment, None, 0, size)
    if size.value > _ATTACHMENT_BYTES:
        raise ValueError(f"it has {size.value >> 20:,} MiB, more than {_ATTACHMENT_BYTES >> 20}")
    return bytes(attachment.get_data()) if size.value else b""


def _taken_out(attached: list[SourceFile]) -> Invoice | None:
    """Return the invoice in XML among attached files (ZUGFeRD, Factur-X), and take it from them."""
    for file in attached:
        if file.extension == "xml":
            try:
                invoice = invoice_in(parse_xml(file.head(file.size_bytes)))
            except (Refused, SyntaxError, ValueError):
                continue
            if invoice:
                attached.remove(file)
                return invoice
    return None


def _read_attached(attached: list[SourceFile], draft: Draft) -> None:
    """Read attached files as further pages: in a portfolio they are the documents, and the pages a cover."""
    if draft.nested is None or draft.depth >= NESTING_LIMIT:
        return
    for file in attached:
        draft.check_time()
        try:
            draft.nested(file)
        except Refused as refused:
            draft.note(f"attachment {file.name or '(no name)'} not read: {refused.note}")


def _state_invoice(invoice: Invoice, draft: Draft) -> None:
    """State what the attached invoice says; where the pages show another sum, neither is to be relied on."""
    text = "\n".join(page.text for page in draft.pages)
    otherwise = "" if draft.cut or draft.scans else invoice.contradicts(text)
    if otherwise:
        draft.note(f"the invoice data attached to it say {otherwise}, and its pages do not")
    invoice.state(draft, Origin.INVOICE_OTHERWISE if otherwise else Origin.INVOICE)


def sane_title(title: str) -> str:
    """Return a title that a person may have written; programs leave file names and their own there."""
    title = _PROGRAM_PREFIX.sub("", title.replace("\0", "").strip())
    if _NO_TITLE.match(title.strip("()")) or _FILE_NAME.match(title) or not has_words(title) or "�" in title:
        return ""
    return title[:300]


def _read_pages(document: Any, draft: Draft) -> None:
    damaged = unread = 0
    engine = ocr.engine(draft.limits)
    try:
        for index in range(draft.page_count):
            draft.check_time()
            text, is_scan, failed = _read_page(document, index, draft)
            damaged += failed
            if is_scan and engine and draft.ocr_left > 0:
                draft.ocr_left -= 1
                words = _recognise(document, index, engine, draft)
                draft.check_time()
                draft.add(words if len(words) > len(text) else text, ocr=len(words) > len(text))
                continue
            if is_scan and not has_words(text):
                draft.scans += 1
            unread += is_scan
            draft.add(text)
    finally:
        if damaged:
            draft.note(f"{damaged:,} of {draft.page_count:,} pages are damaged and were not read")
        if unread:
            draft.note(_scan_note(unread, draft, has_engine=engine is not None))
    if damaged and damaged == draft.page_count:
        draft.notes.clear()
        raise Refused(ReadStatus.DAMAGED, "all its pages are damaged")


def _scan_note(unread: int, draft: Draft, *, has_engine: bool) -> str:
    what = f"{unread:,} of {draft.page_count:,} pages are scans that were not read: "
    if has_engine:
        return what + f"OCR reads at most {draft.limits.ocr_pages} pages of one file (extract.ocr_pages)"
    return what + ocr.missing(draft.limits)


def _read_page(document: Any, index: int, draft: Draft) -> tuple[str, bool, bool]:
    """Return a page's text, whether it looks like a scan, and whether it could not be read."""
    import pypdfium2

    try:
        page = document[index]
    except pypdfium2.PdfiumError:
        return "", False, True
    try:
        textpage = page.get_textpage()
        try:
            unseen = _unseen_texts(page)
            text = _visible_text(textpage, unseen, draft) if unseen else textpage.get_text_range()
            if index == 0:
                draft.state(
                    TITLE, largest_heading(_placed_lines(textpage), page.get_height()), Origin.LARGEST
                )
        finally:
            textpage.close()
        # PDFium marks the hyphen of a word that goes on in the next line with U+FFFE.
        text = text.replace("\ufffe", "-").replace("\x02", "-")
        is_scan = _is_poor(text) and _has_pictures(page)
        return text + _annotations(page, draft), is_scan, False
    except pypdfium2.PdfiumError:
        return "", False, True
    finally:
        page.close()


def _placed_lines(textpage: Any) -> list[PlacedLine]:
    """Return the lines at the beginning of a page; what stands far apart in one is two."""
    import pypdfium2.raw as pdfium_c

    lines: list[PlacedLine] = []
    box = pdfium_c.FS_RECTF()
    text, boxes = "", list[tuple[float, float, float, float]]()
    for index in range(min(textpage.count_chars(), _HEADING_CHARS)):
        char = chr(pdfium_c.FPDFText_GetUnicode(textpage, index))
        upright = abs(pdfium_c.FPDFText_GetCharAngle(textpage, index)) < _UPRIGHT_RADIANS
        is_shown = upright and not char.isspace() and pdfium_c.FPDFText_GetLooseCharBox(textpage, index, box)
        apart = bool(is_shown and boxes) and abs(box.left - boxes[-1][2]) > _APART * (box.top - box.bottom)
        if boxes and (char in "\r\n" or apart):
            lines.append(placed_line(text, boxes))
            text, boxes = "", []
            if len(lines) >= _HEADING_LINES:
                break
        text += char
        if is_shown:
            boxes.append((box.top, box.left, box.right, box.top - box.bottom))
    return [*lines, placed_line(text, boxes)] if boxes else lines


def _unseen_texts(page: Any) -> frozenset[int]:
    """Return the texts of a page that nobody sees, by the addresses of their objects."""
    import pypdfium2.raw as pdfium_c

    texts: list[PaintedText] = []
    painted: list[Painted] = []
    for place, (item, matrix) in enumerate(_objects(page)):
        kind = pdfium_c.FPDFPageObj_GetType(item)
        if place >= _MOST_OBJECTS:
            break
        if kind == pdfium_c.FPDF_PAGEOBJ_TEXT:
            texts.append(_text(item, matrix, place))
        elif one := _painting(item, kind, matrix, place):
            painted.append(one)
    if len(painted) > _MOST_PAINTED:  # a drawing: not worth the time to tell what lies on what
        texts = [replace(text, is_white=False) for text in texts]
        painted = [one for one in painted if one.is_picture][:_MOST_PAINTED]
    return unseen(texts, painted, Box(*page.get_bbox()))


def _visible_text(textpage: Any, unseen: frozenset[int], draft: Draft) -> str:
    """Return a page's text without what nobody sees, which is counted."""
    import pypdfium2.raw as pdfium_c

    shown: list[str] = []
    hidden: list[str] = []
    chars = shown
    for index in range(textpage.count_chars()):
        item = pdfium_c.FPDFText_GetTextObject(textpage, index)
        if item:  # a space or line end that was only inferred goes with the letters before it
            chars = hidden if ctypes.addressof(item.contents) in unseen else shown
        chars.append(chr(pdfium_c.FPDFText_GetUnicode(textpage, index)))
    draft.leave_out("".join(hidden))
    return "".join(shown)


def _objects(page: Any) -> Iterator[tuple[Any, Matrix]]:
    """Yield the objects in the order they are painted, each with the matrix of the form that it stands in."""
    import pypdfium2.raw as pdfium_c

    def within(form: Any, matrix: Matrix, depth: int) -> Iterator[tuple[Any, Matrix]]:
        own = times(_matrix(form), matrix)
        for index in range(pdfium_c.FPDFFormObj_CountObjects(form)):
            yield from each(pdfium_c.FPDFFormObj_GetObject(form, index), own, depth + 1)

    def each(item: Any, matrix: Matrix, depth: int) -> Iterator[tuple[Any, Matrix]]:
        if pdfium_c.FPDFPageObj_GetType(item) != pdfium_c.FPDF_PAGEOBJ_FORM:
            yield item, matrix
        elif depth < _MOST_NESTING:
            yield from within(item, matrix, depth)

    for index in range(pdfium_c.FPDFPage_CountObjects(page)):
        yield from each(pdfium_c.FPDFPage_GetObject(page, index), IDENTITY, 0)


def _text(item: Any, matrix: Matrix, place: int) -> PaintedText:
    import pypdfium2.raw as pdfium_c

    size = ctypes.c_float()
    pdfium_c.FPDFTextObj_GetFontSize(item, size)
    own = _matrix(item)
    _, _, across, up, _, _ = own if matrix is IDENTITY else times(own, matrix)
    ink, opacity = _colour(item, pdfium_c.FPDFPageObj_GetFillColor)
    return PaintedText(
        ctypes.addressof(item.contents),
        place,
        _box(item, matrix),
        abs(size.value) * math.hypot(across, up),
        pdfium_c.FPDFTextObj_GetTextRenderMode(item),
        opacity,
        ink is not None and is_lost(ink, WHITE),
    )


def _painting(item: Any, kind: int, matrix: Matrix, place: int) -> Painted | None:
    import pypdfium2.raw as pdfium_c

    if kind in {pdfium_c.FPDF_PAGEOBJ_IMAGE, pdfium_c.FPDF_PAGEOBJ_SHADING}:
        return Painted(place, _box(item, matrix), kind == pdfium_c.FPDF_PAGEOBJ_IMAGE, False, False)
    mode, stroked = ctypes.c_int(), ctypes.c_int()
    if kind != pdfium_c.FPDF_PAGEOBJ_PATH or not pdfium_c.FPDFPath_GetDrawMode(item, mode, stroked):
        return None
    is_filled = mode.value != pdfium_c.FPDF_FILLMODE_NONE
    is_line = stroked.value and pdfium_c.FPDFPath_CountSegments(item) <= _LINE_POINTS
    if not is_filled and not is_line:
        return None
    # some programs draw the ground of a table's head as a line as thick as it is high
    ink, opacity = _colour(
        item, pdfium_c.FPDFPageObj_GetFillColor if is_filled else pdfium_c.FPDFPageObj_GetStrokeColor
    )
    if opacity < LEAST_OPACITY:
        return None
    is_covering = (
        is_filled
        and matrix is IDENTITY  # a form shows only what lies in a box of its own, which PDFium does not tell
        and opacity == 1
        and ink is not None
        and pdfium_c.FPDFPath_CountSegments(item) <= _RECTANGLE_POINTS
        and not pdfium_c.FPDFPageObj_HasTransparency(item)
        and pdfium_c.FPDFClipPath_CountPaths(pdfium_c.FPDFPageObj_GetClipPath(item)) <= 0
    )
    return Painted(place, _box(item, matrix), False, ink is not None and is_lost(ink, WHITE), is_covering)


def _colour(item: Any, get: Callable[..., int]) -> tuple[tuple[int, int, int] | None, float]:
    """Return a colour that an object is painted with, None for a pattern, and how opaque it is (0 to 1)."""
    red, green, blue, alpha = ctypes.c_uint(), ctypes.c_uint(), ctypes.c_uint(), ctypes.c_uint()
    if not get(item, red, green, blue, alpha):
        return None, 1.0
    return (red.value, green.value, blue.value), alpha.value / 255


def _box(item: Any, matrix: Matrix) -> Box:
    import pypdfium2.raw as pdfium_c

    left, bottom, right, top = ctypes.c_float(), ctypes.c_float(), ctypes.c_float(), ctypes.c_float()
    pdfium_c.FPDFPageObj_GetBounds(item, left, bottom, right, top)
    if matrix is IDENTITY:
        return Box(left.value, bottom.value, right.value, top.value)
    a, b, c, d, e, f = matrix
    corners = [
        (a * x.value + c * y.value + e, b * x.value + d * y.value + f)
        for x in (left, right)
        for y in (bottom, top)
    ]
    across, up = [x for x, _ in corners], [y for _, y in corners]
    return Box(min(across), min(up), max(across), max(up))


def _matrix(item: Any) -> Matrix:
    import pypdfium2.raw as pdfium_c

    found = pdfium_c.FS_MATRIX()
    if not pdfium_c.FPDFPageObj_GetMatrix(item, found):
        return IDENTITY
    return found.a, found.b, found.c, found.d, found.e, found.f


def _is_poor(text: str) -> bool:
    """Say whether a page's text cannot be all that a person sees: none, a stamp, or unreadable codes."""
    letters = len(_WORD_CHARACTER.findall(text[:5000]))
    if letters < _FEW_WORD_CHARS:
        return True
    unknown = sum(1 for c in text[:5000] if c == "�" or "\ue000" <= c <= "\uf8ff" or c < "\t")
    return unknown > letters * 0.3


def _has_pictures(page: Any) -> bool:
    """Say whether a picture covers a good part of the page, or letters may be drawn as many paths."""
    import pypdfium2.raw as pdfium_c

    area = max(1.0, page.get_width() * page.get_height())
    covered, paths = 0.0, 0
    for count, item in enumerate(page.get_objects(max_depth=3)):
        if count >= _OBJECTS_LOOKED_AT:
            break
        if item.type == pdfium_c.FPDF_PAGEOBJ_IMAGE:
            left, bottom, right, top = item.get_bounds()
            covered += max(0.0, right - left) * max(0.0, top - bottom)
        elif item.type == pdfium_c.FPDF_PAGEOBJ_PATH:
            paths += 1
    return covered > 0.1 * area or paths > 200


def _recognise(document: Any, index: int, engine: ocr.Engine, draft: Draft) -> str:
    page = document[index]
    try:
        longest = max(page.get_width(), page.get_height(), 1.0)
        # A page metres wide (a poster, or an attack) is drawn smaller, never larger than OCR can use.
        scale = min(_OCR_DPI / 72, ocr.LONGEST_SIDE_PX / longest)
        picture = page.render(scale=scale, grayscale=True).to_pil()
    finally:
        page.close()
    return engine.words(picture, draft.time_left_s())


def _annotations(page: Any, draft: Draft) -> str:
    """Return the values of form fields and the remarks on a page, one a line; hidden ones are counted."""
    import pypdfium2.raw as pdfium_c

    seen: list[str] = []
    for index in range(min(pdfium_c.FPDFPage_GetAnnotCount(page), _ANNOTATION_LIMIT)):
        lines: list[str] = []
        annotation = pdfium_c.FPDFPage_GetAnnot(page, index)
        if not annotation:
            continue
        kind = pdfium_c.FPDFAnnot_GetSubtype(annotation)
        if kind == _WIDGET:
            value = _string(annotation, b"V")
            if has_words(value) and value != "Off":
                name = _string(annotation, b"TU") or _string(annotation, b"T")
                lines.append(f"{name}: {value}" if name else value)
        elif kind in _REMARKS:
            lines.append(_string(annotation, b"Contents"))
        if pdfium_c.FPDFAnnot_GetFlags(annotation) & _NOT_SHOWN:
            draft.leave_out(" ".join(lines))
        else:
            seen += [line for line in lines if line.strip()]
        pdfium_c.FPDFPage_CloseAnnot(annotation)
    return "\n\n" + "\n".join(seen) if seen else ""


def _string(annotation: Any, key: bytes) -> str:
    import pypdfium2.raw as pdfium_c

    size = pdfium_c.FPDFAnnot_GetStringValue(annotation, key, None, 0)
    if size <= 2 or size > 2 * _VALUE_LIMIT:
        return ""
    buffer = (ctypes.c_ushort * (size // 2 + 1))()
    pdfium_c.FPDFAnnot_GetStringValue(annotation, key, buffer, size)
    return bytes(buffer)[: size - 2].decode("utf-16-le", "replace").strip()
