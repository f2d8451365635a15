"""Text for programs that show it as Markdown or HTML: nothing in it loads anything by itself.

A document could have a model write the address of a picture with other documents' words in it, and a program
that shows pictures would send them there.
"""

from __future__ import annotations

import re

# Any tag: nearly all take a style, which may name a picture.
_LOADING = re.compile(r"!(?=\[)|<(?=/?[A-Za-z])")
_MAY_LOAD = re.compile(r"(?:!|</?)\Z")


class ShownText:
    """Passes a text on as it comes, with a blank where a picture or a tag begins: `! [`, `< img`."""

    def __init__(self) -> None:
        self._held = ""  # what may become one

    def feed(self, piece: str) -> str:
        """Take the next piece; return what is sure."""
        text = self._held + piece
        held = _MAY_LOAD.search(text)
        self._held = held.group() if held else ""
        return _LOADING.sub(r"\g<0> ", text[: len(text) - len(self._held)])

    def rest(self) -> str:
        """Return what was held back, since nothing that would make it one follows."""
        held, self._held = self._held, ""
        return _LOADING.sub(r"\g<0> ", held)
