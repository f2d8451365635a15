"""Pages, Numbers and Keynote: their own content is kept to Apple's programs, the preview in them is a PDF."""

from __future__ import annotations

from twolane.documents import ReadStatus
from twolane.extract.base import Draft, Refused, SourceFile
from twolane.extract.declared import FilePart, Format
from twolane.extract.readers.archive import open_package, read_part

_PREVIEW = "quicklook/preview.pdf"
IWORK_TYPE = "application/vnd.apple.iwork"

FORMATS = (Format("Pages, Numbers, Keynote", frozenset({IWORK_TYPE}), frozenset({FilePart.BODY})),)


def read(source: SourceFile, draft: Draft) -> None:
    """Read the preview. Raises Refused where the file was saved without one."""
    with open_package(source) as package:
        name = next((name for name in package.namelist() if name.lower() == _PREVIEW), "")
        preview = read_part(package, name) if name else b""
    if not preview or draft.nested is None:
        raise Refused(
            ReadStatus.UNSUPPORTED,
            "a document of Pages, Numbers or Keynote without a preview; export it as PDF",
        )
    draft.note("read by its preview: later changes, comments and hidden parts are not in it")
    draft.nested(SourceFile.of(preview, "preview.pdf"))
