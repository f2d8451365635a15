"""What a file is: its content decides, and its name only chooses among kinds of text."""

from __future__ import annotations

import re
import struct
import zipfile
from dataclasses import dataclass

from twolane.documents import ReadStatus
from twolane.extract.base import Refused, SourceFile
from twolane.extract.readers import archive
from twolane.extract.readers.text import decode, is_text

HEAD_BYTES = 65_536


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of content: the module that reads it (empty: none does), its media type, and its name."""

    reader: str
    media_type: str
    words: str = ""


PDF = Kind("pdf", "application/pdf")
HTML = Kind("html", "text/html")
XML = Kind("xml", "application/xml")
MAIL = Kind("mail", "message/rfc822")
MBOX = Kind("mail", "application/mbox")
SAVED_PAGE = Kind("mail", "multipart/related")
WEB_ARCHIVE = Kind("web_archive", "application/x-webarchive")
POINTER = Kind("pointer", "application/internet-shortcut")
NOTEBOOK = Kind("notebook", "application/x-ipynb+json")
SEALED = Kind("sealed", "application/pkcs7-mime")
RTF = Kind("rtf", "application/rtf")
PLAIN = Kind("text", "text/plain")
_OOXML = "application/vnd.openxmlformats-officedocument."
WORD = Kind("word", _OOXML + "wordprocessingml.document")
SLIDES = Kind("slides", _OOXML + "presentationml.presentation")
SHEETS = Kind("sheets", _OOXML + "spreadsheetml.sheet")
SHEETS_BINARY = Kind("sheets", "application/vnd.ms-excel.sheet.binary.macroenabled.12")
XLS = Kind("sheets", "application/vnd.ms-excel")
DOC = Kind("legacy", "application/msword")
PPT = Kind("legacy", "application/vnd.ms-powerpoint")
MSG = Kind("outlook", "application/vnd.ms-outlook")
IWORK = Kind("iwork", "application/vnd.apple.iwork")
EPUB = Kind("epub", "application/epub+zip")
_BEGINNINGS = (
    ("BEGIN:VCALENDAR", Kind("calendar", "text/calendar")),
    ("BEGIN:VCARD", Kind("contacts", "text/vcard")),
)
ZIP = Kind("", "application/zip", "a ZIP archive")

# Two letters are too few: the sizes of the headers that are known belong to the signature.
_BITMAP = re.compile(rb"BM.{4}\0{4}.{4}[\x0c\x28\x34\x38\x40\x6c\x7c]\0\0\0", re.S)
_PORTABLE_MAP = re.compile(rb"P[1-6]\s+(?:#[^\n]{0,500}\n\s*){0,5}\d{1,6}\s+\d{1,6}\s+(?:\d{1,5}\s|[01\s])")

_SIGNATURES: tuple[tuple[int, bytes, Kind], ...] = (
    (0, b"{\\rtf", RTF),
    (0, b"\x89PNG\r\n\x1a\n", Kind("image", "image/png")),
    (0, b"\xff\xd8\xff", Kind("image", "image/jpeg")),
    (0, b"GIF87a", Kind("image", "image/gif")),
    (0, b"GIF89a", Kind("image", "image/gif")),
    (0, b"II*\0", Kind("image", "image/tiff")),
    (0, b"MM\0*", Kind("image", "image/tiff")),
    (0, b"II+\0\x08\0\0\0", Kind("image", "image/tiff")),  # of more than 4 GiB
    (0, b"MM\0+\0\x08\0\0", Kind("image", "image/tiff")),
    (8, b"WEBP", Kind("image", "image/webp")),
    (0, b"\0\0\0\x0cjP  \r\n\x87\n", Kind("image", "image/jp2")),
    (4, b"ftypheic", Kind("", "image/heic", "a HEIC picture; save it as JPEG or PNG")),
    (4, b"ftypheix", Kind("", "image/heic", "a HEIC picture; save it as JPEG or PNG")),
    (4, b"ftypmif1", Kind("", "image/heif", "a HEIF picture; save it as JPEG or PNG")),
    (4, b"ftyp", Kind("", "video/mp4", "a video or sound recording")),
    (0, b"\x1a\x45\xdf\xa3", Kind("", "video/x-matroska", "a video")),
    (8, b"AVI ", Kind("", "video/x-msvideo", "a video")),
    (8, b"WAVE", Kind("", "audio/wav", "a sound recording")),
    (0, b"ID3", Kind("", "audio/mpeg", "a sound recording")),
    (0, b"OggS", Kind("", "audio/ogg", "a sound recording")),
    (0, b"fLaC", Kind("", "audio/flac", "a sound recording")),
    (0, b"7z\xbc\xaf\x27\x1c", Kind("", "application/x-7z-compressed", "a 7z archive")),
    (0, b"Rar!\x1a\x07", Kind("", "application/vnd.rar", "a RAR archive")),
    (0, b"\x1f\x8b", Kind("", "application/gzip", "a gzip archive")),
    (0, b"BZh", Kind("", "application/x-bzip2", "a bzip2 archive")),
    (0, b"\xfd7zXZ\0", Kind("", "application/x-xz", "an xz archive")),
    (0, b"\x28\xb5\x2f\xfd", Kind("", "application/zstd", "a zstd archive")),
    (257, b"ustar", Kind("", "application/x-tar", "a tar archive")),
    (0, b"\x78\x9f\x3e\x22", Kind("tnef", "application/ms-tnef")),
    (0, b"SQLite format 3\0", Kind("", "application/vnd.sqlite3", "an SQLite database")),
    (0, b"\x7fELF", Kind("", "application/x-executable", "a program")),
    (
        0,
        b"bplist00",
        Kind("pointer", "application/x-bplist"),
    ),
    (0, b"!BDN", Kind("", "application/vnd.ms-outlook-pst", "an Outlook mailbox (PST)")),
    (0, b"wOFF", Kind("", "font/woff", "a font")),
    (0, b"wOF2", Kind("", "font/woff2", "a font")),
    (0, b"GGUF", Kind("", "application/octet-stream", "a model file")),
    (0, b"\xff\x57\x50\x43", Kind("", "application/vnd.wordperfect", "a WordPerfect document")),
    (0, b"ITSF", Kind("", "application/vnd.ms-htmlhelp", "a compiled help file")),
)
_ZIP = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# Excel before 97 wrote its stream without a container.
_BIFF_FILEPASS = 0x2F
_BARE_BIFF = (b"\x09\x08\x08\0", b"\x09\x08\x10\0", b"\x09\x04\x06\0", b"\x09\x02\x06\0", b"\x09\0\x04\0")
_IWORK_PARTS = frozenset({"index/document.iwa", "index.zip", "quicklook/preview.pdf"})
_ZIP_EXTENSIONS = frozenset(
    [
        "zip",
        "docx",
        "docm",
        "dotx",
        "pptx",
        "pptm",
        "ppsx",
        "xlsx",
        "xlsm",
        "xlsb",
        "odt",
        "ods",
        "odp",
        "ott",
        "epub",
    ]
)

_TEXT_TYPES = {
    "md": "text/markdown", "markdown": "text/markdown", "rst": "text/x-rst", "tex": "text/x-tex",
    "csv": "text/csv", "tsv": "text/tab-separated-values", "json": "application/json",
    "tab": "text/tab-separated-values",
    "jsonl": "application/jsonl", "yaml": "application/yaml", "yml": "application/yaml",
    "toml": "application/toml", "ini": "text/plain", "log": "text/plain", "sql": "application/sql",
    "css": "text/css", "js": "text/javascript", "mjs": "text/javascript",
    "ts": "text/x-typescript", "tsx": "text/x-typescript",
    "jsx": "text/javascript", "vue": "text/x-vue", "py": "text/x-python", "pyi": "text/x-python",
    "c": "text/x-c", "h": "text/x-c", "cc": "text/x-c++", "cpp": "text/x-c++", "hpp": "text/x-c++",
    "java": "text/x-java", "kt": "text/x-kotlin", "go": "text/x-go", "rs": "text/x-rust",
    "rb": "text/x-ruby", "php": "text/x-php", "pl": "text/x-perl", "pm": "text/x-perl",
    "sh": "text/x-shellscript", "bash": "text/x-shellscript", "ps1": "text/x-powershell",
    "bat": "text/x-bat", "cs": "text/x-csharp", "swift": "text/x-swift", "lua": "text/x-lua",
    "r": "text/x-r", "scala": "text/x-scala", "jinja": "text/x-jinja", "j2": "text/x-jinja",
    "erb": "text/x-erb", "asp": "text/x-asp", "jsp": "text/x-jsp",
}  # fmt: skip
_DELIMITED = frozenset({"csv", "tsv", "tab"})
_XML_BOOK = re.compile(
    r"""<(?:\w{1,20}:)?Workbook\s[^>]{0,2000}?urn:schemas-microsoft-com:office:spreadsheet"""
)
_FLAT_ODF = re.compile(r"<office:document\s[^>]{0,8000}office:mimetype=[\"']([\w./-]{1,80})")
_HTML_START = re.compile(
    r"\s*(?:<\?xml[^>]*>\s*|<!--.{0,4000}?-->\s*){0,4}<(?:!doctype\s+html|html)\b", re.I | re.S
)
_MAIL_HEADER = re.compile(
    r"^(from|to|cc|subject|date|received|return-path|delivered-to|message-id|mime-version|content-type"
    r"|x-[a-z-]{2,40}|reply-to|sender|dkim-signature)[ \t]*:",
    re.I | re.M,
)
# What browsers write above a page that they save in one file
_SAVED_PAGE = re.compile(
    r"(?:[A-Za-z-]{2,40}:[^\n]*\n(?:[ \t][^\n]*\n){0,20}){0,20}?"
    r"(?:from[ \t]*:[ \t]*[\"<]{0,2}saved by |snapshot-content-location[ \t]*:)",
    re.I,
)
# What systems and clouds leave where something else is meant
_POINTERS = frozenset(
    {"url", "webloc", "desktop", "gdoc", "gsheet", "gslides", "gdraw", "gform", "gsite", "gmap"}
)
# Outlook keeps signed mails as their parts alone
_BARE_PARTS = re.compile(
    r"(?:mime-version[ \t]*:[^\n]*\n){0,1}content-type[ \t]*:\s*multipart/[a-z-]+\s*;", re.I
)
_HEADER_LINE = re.compile(r"[A-Za-z-]{2,40}[ \t]*:")
_EMLX_LENGTH = re.compile(r"\A\d{1,12}[ \t]*\r?\n(?=[A-Za-z-]{2,40}:)")
# The object of CMS, by its number, or as letters
_CMS = re.compile(
    rb"0(?:[\x00-\x7f]|[\x80-\x84].{0,4}?)\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01(?:\x07|\x09\x10)", re.S
)
_CMS_LETTERS = re.compile(
    rb"\s*(?:-----BEGIN (?:PKCS7|CMS|PKCS #7 SIGNED DATA)-----|MI[A-Za-z0-9+/]{2,6}YJKoZIhvcNAQc)"
)
_MBOX_START = re.compile(r"From \S+ .{0,40}\d{2}:\d{2}.{0,40}\n[A-Za-z-]{2,40}:")


def detect(source: SourceFile) -> Kind:
    """Return the kind of a source's content.

    Raises Refused where the content cannot be read: it is encrypted, its directory is damaged, or it is no
    text at all.
    """
    head = source.head(HEAD_BYTES)
    if _is_pdf(head, source):
        return PDF
    if head.startswith(_OLE):
        return _ole_kind(source)
    if head.startswith(_ZIP) or (source.extension in _ZIP_EXTENSIONS and _ZIP[0] in head):
        return _zip_kind(source)
    if head.startswith(b"bplist00") and b"WebMainResource" in head:
        return WEB_ARCHIVE
    if _CMS.match(head) or _CMS_LETTERS.match(head):
        return SEALED
    return _signed_kind(head) or _text_kind(source.extension, _start_of_text(head))


def _signed_kind(head: bytes) -> Kind | None:
    for offset, signature, kind in _SIGNATURES:
        if head.startswith(signature, offset) and not _only_looks_like(kind, head):
            return kind
    if _BITMAP.match(head):
        return Kind("image", "image/bmp")
    if _PORTABLE_MAP.match(head):
        return Kind("image", "image/x-portable-anymap")
    if head.startswith(_BARE_BIFF):
        return _bare_biff_kind(head)
    if head.startswith(b"MZ") and not is_text(head):
        return Kind("", "application/vnd.microsoft.portable-executable", "a program")
    return None


def _has_filepass(book: bytes) -> bool:
    """Say whether a stream of Excel's records has the one that marks the rest as encrypted."""
    at = 0
    while at + 4 <= len(book):
        record, length = struct.unpack_from("<HH", book, at)
        if record == _BIFF_FILEPASS:
            return True
        at += 4 + length
    return False


def _bare_biff_kind(head: bytes) -> Kind:
    if _has_filepass(head):
        raise Refused(ReadStatus.ENCRYPTED, "protected by a password")
    return Kind("", XLS.media_type, "a spreadsheet of Excel 4 or older; save it as XLSX")


def _start_of_text(head: bytes) -> str:
    if not is_text(head):
        raise Refused(ReadStatus.UNSUPPORTED, "its content is of no kind that is known")
    return decode(head)[0].lstrip("\ufeff \t\r\n")


def _is_pdf(head: bytes, source: SourceFile) -> bool:
    start = head[:1024].lstrip(b"\xef\xbb\xbf \t\r\n\0")
    if start.startswith(b"%PDF-"):
        return True
    return source.extension == "pdf" and (b"%PDF-" in head[:1024] or b" obj" in head)


def _only_looks_like(kind: Kind, head: bytes) -> bool:
    """Say whether a signature of few, printable bytes is just the start of a text."""
    return kind.reader == "" and head[:3] in {b"BZh", b"ID3", b"GGU", b"wOF", b"ITS"} and is_text(head)


def _ole_kind(source: SourceFile) -> Kind:
    import olefile

    source.file.seek(0)
    try:
        with olefile.OleFileIO(source.file) as ole:
            names = {"/".join(entry).lower() for entry in ole.listdir()}
            book = next((name for name in ("Workbook", "Book") if ole.exists(name)), "")
            start_of_book = ole.openstream(book).read(HEAD_BYTES) if book else b""
    except (OSError, ValueError, IndexError, AttributeError, KeyError, TypeError, OverflowError) as error:
        # Excel's reader copes with directories that this one does not.
        if source.extension in {"xls", "xlt"}:
            return XLS
        raise Refused(ReadStatus.DAMAGED, "its directory (OLE) is damaged") from error
    if "encryptedpackage" in names or _has_filepass(start_of_book):
        raise Refused(ReadStatus.ENCRYPTED, "protected by a password")
    for name, kind in (
        ("worddocument", DOC),
        ("powerpoint document", PPT),
        ("workbook", XLS),
        ("book", XLS),
        ("__properties_version1.0", MSG),
    ):
        if name in names:
            return kind
    return Kind("", "application/x-ole-storage", "a file of a program that is not known")


def _zip_kind(source: SourceFile) -> Kind:
    source.file.seek(0)
    try:
        with zipfile.ZipFile(source.file) as package:
            infos = package.infolist()
            mimetype = archive.stored_mimetype(package)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, EOFError) as error:
        raise Refused(
            ReadStatus.DAMAGED, "its directory (ZIP) is missing or damaged, as in a file that was cut off"
        ) from error
    names = {info.filename.replace("\\", "/").lower() for info in infos}
    if mimetype.startswith("application/vnd.oasis.opendocument."):
        return Kind("sheets" if "spreadsheet" in mimetype else "opendocument", mimetype)
    if mimetype == EPUB.media_type or "meta-inf/container.xml" in names:
        return EPUB
    if "xl/workbook.bin" in names:
        return SHEETS_BINARY
    for folder, kind in (("word/", WORD), ("ppt/", SLIDES), ("xl/", SHEETS)):
        if any(name.startswith(folder) and name.endswith(".xml") for name in names):
            return kind
    if "content.xml" in names and "meta-inf/manifest.xml" in names:
        return Kind("opendocument", "application/vnd.oasis.opendocument.text")
    if any(info.flag_bits & 0x1 for info in infos):
        raise Refused(ReadStatus.ENCRYPTED, "a ZIP archive protected by a password")
    return IWORK if names & _IWORK_PARTS else ZIP


def _text_kind(extension: str, start: str) -> Kind:
    for beginning, kind in _BEGINNINGS:
        if start[: len(beginning)].upper() == beginning:
            return kind
    if named := _named_kind(extension, start) or _named_mail_kind(extension, start):
        return named
    if extension in {"html", "htm", "xhtml", "shtml"} or _HTML_START.match(start):
        return HTML
    if start.startswith("<?xml") or (extension in {"xml", "svg", "xsd", "fodt"} and start.startswith("<")):
        if _XML_BOOK.search(start, 0, 16_384):
            return XLS
        flat = _FLAT_ODF.search(start, 0, 16_384)
        return Kind("opendocument", flat[1]) if flat else XML
    return _mail_kind(start) or PLAIN


def _named_kind(extension: str, start: str) -> Kind | None:
    if extension == "ipynb" and start.startswith("{"):
        return NOTEBOOK
    if extension in _TEXT_TYPES:
        return Kind("delimited" if extension in _DELIMITED else "text", _TEXT_TYPES[extension])
    if extension in _POINTERS and ("url" in start.lower() or '"doc_id"' in start):
        return POINTER
    return None


def _named_mail_kind(extension: str, start: str) -> Kind | None:
    if _SAVED_PAGE.match(start) or (extension in {"mht", "mhtml"} and _HEADER_LINE.match(start)):
        return SAVED_PAGE
    if extension in {"eml", "mht", "mhtml"} or (extension == "emlx" and start[:1].isdigit()):
        return MBOX if _MBOX_START.match(start) else MAIL
    return None


def _mail_kind(start: str) -> Kind | None:
    start = _EMLX_LENGTH.sub("", start, 1)
    if _BARE_PARTS.match(start):
        return MAIL
    if _MBOX_START.match(start):
        return MBOX
    headers = start.replace("\r\n", "\n").replace("\r", "\n").split("\n\n", 1)[0]
    found = {match.group(1).lower() for match in _MAIL_HEADER.finditer(headers)}
    if len(found) >= 3 and "from" in found and found & {"received", "message-id", "mime-version", "date"}:
        return MAIL
    return None
