"""Text for programs that show Markdown: nothing in it loads anything, however it is cut into pieces."""

from __future__ import annotations

import pytest

from twolane.api.compat.shown import ShownText


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("See ![a](http://x.example/?q=1).", "See ! [a](http://x.example/?q=1)."),
        ("![a][b] and !![c]", "! [a][b] and !! [c]"),
        ("<IMG src=x> <video/> </svg>", "< IMG src=x> < video/> < /svg>"),
        ("Done! [1] And! Yes!", "Done! [1] And! Yes!"),
        ("a < b <= c, 1<2, x<input", "a < b <= c, 1<2, x< input"),
        ('<p style="background:url(//x.example)"> <', '< p style="background:url(//x.example)"> <'),
        ("Ende! <fußnote> 画像<图>", "Ende! < fußnote> 画像<图>"),
    ],
)
def test_what_would_load_something_is_broken_by_a_blank(text: str, shown: str) -> None:
    for at in range(len(text) + 1):
        for further in range(at, len(text) + 1):
            # given
            passed = ShownText()
            pieces = (text[:at], text[at:further], text[further:])

            # when
            told = "".join(map(passed.feed, pieces)) + passed.rest()

            # then
            assert told == shown, pieces
