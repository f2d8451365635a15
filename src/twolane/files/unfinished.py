"""Names of files that are no documents yet, or never will be: downloads, copies under way, locks, notes.

See docs/why/files.md#names-of-files-under-way-stand-in-one-list.
"""

from __future__ import annotations

import re

_CLUTTER = frozenset({".DS_Store", "Thumbs.db", "desktop.ini", ".directory", "4913"})
# Of browsers, download managers, sync clients, scanners and editors: they rename the file once it is whole.
_UNFINISHED = (
    *(".part", ".partial", ".filepart", ".crdownload", ".download", ".opdownload", ".aria2", ".!qb", ".!ut"),
    *(".tmp", ".temp", ".incomplete", ".unfinished", ".kate-swp", ".swp", ".swo", ".swx"),
)
_UNFINISHED_BEGINNINGS = (".goutputstream-", ".com.google.chrome.", ".org.chromium.", "~syncthing~")
# Office's and LibreOffice's locks, Emacs's locks, the resource forks of macOS, what NFS and FUSE keep of
# deleted files that are still open
_NOTES = ("~$", ".~lock.", ".#", "._", ".nfs0", ".fuse_hidden")
_BACKUP = "~"
_RANDOM = re.compile(r"\..+\.([A-Za-z0-9]{6})", re.DOTALL)  # rsync: .name.XXXXXX
_SYNCED = re.compile(r"\..+\.~[0-9a-f]+", re.DOTALL)  # Nextcloud: .name.~1f2e


def why_no_document(name: str) -> str:
    """Return why a file of this name is left alone, as people read it, or ""."""
    if name in _CLUTTER or name.startswith(_NOTES) or name.endswith(_BACKUP):
        return "a system's or program's own note, not a document"
    if name.startswith("#") and name.endswith("#"):
        return "an editor's unsaved text"
    folded = name.lower()
    if folded.endswith(_UNFINISHED) or folded.startswith(_UNFINISHED_BEGINNINGS) or _is_copied(name):
        return "an unfinished download or copy"
    return ""


def _is_copied(name: str) -> bool:
    """Say whether it is the name that a copying program gives until the end."""
    random = _RANDOM.fullmatch(name)
    # a word has letters of one case: .letter.backup is no copy under way
    mixed = random is not None and not (random[1].islower() or random[1].isupper() or random[1].isdigit())
    return mixed or _SYNCED.fullmatch(name) is not None
