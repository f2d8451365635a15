"""Hostile files made by code: bombs, loops and baits in every format that is read, of any size."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from tests.support.hostile import mails, office, pages, papers, pictures, sheets

# Each is made by how many of what makes it hostile: thousands for tests, a million by hand.
HOSTILE: Mapping[str, Callable[[int], bytes]] = {
    **papers.FILES,
    **office.FILES,
    **sheets.FILES,
    **mails.FILES,
    **pages.FILES,
    **pictures.FILES,
}
