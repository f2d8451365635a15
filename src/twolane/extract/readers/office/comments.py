"""Comments of office files: one line each, after what they are about."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from twolane.extract.base import has_words
from twolane.extract.readers.markup.xml import attribute, local
from twolane.extract.readers.office.drawings import shape_text
from twolane.extract.readers.office.ooxml import OfficePart, child, children

_MOST_COMMENTS = 5000


def comment_line(author: str, text: str, *, is_reply: bool = False, is_resolved: bool = False) -> str:
    """Return a comment as a line of its own, or the empty string where it says nothing."""
    text, author = " ".join(text.split()), " ".join(author.split())
    if not has_words(text):
        return ""
    what = "Reply" if is_reply else "Comment"
    resolved = ", resolved" if is_resolved else ""
    return f"[{what}{f' by {author}' if author else ''}{resolved}: {text}]"


@dataclass(frozen=True, slots=True)
class _Thread:
    is_reply: bool
    is_resolved: bool


def word_comments(main: OfficePart) -> dict[str, str]:
    """Return the lines of a Word document's comments by the ids that its text names."""
    threads = _threads(main)
    found: dict[str, str] = {}
    for part in main.of_kind("comments"):
        for comment in children(part.xml(), "comment"):
            if len(found) >= _MOST_COMMENTS:
                return found
            last = next((attribute(p, "paraId") for p in reversed(list(children(comment, "p")))), "")
            thread = threads.get(last, _Thread(is_reply=False, is_resolved=False))
            found[attribute(comment, "id")] = comment_line(
                attribute(comment, "author") or attribute(comment, "initials"),
                paragraphs(comment),
                is_reply=thread.is_reply,
                is_resolved=thread.is_resolved,
            )
    return found


def _threads(main: OfficePart) -> dict[str, _Thread]:
    """Return what Word 2013 and later say of each comment by the id of its last paragraph."""
    return {
        attribute(one, "paraId"): _Thread(
            bool(attribute(one, "paraIdParent")), attribute(one, "done") in {"1", "true"}
        )
        for part in main.of_kind("commentsExtended")
        for one in children(part.xml(), "commentEx")
    }


def paragraphs(element: Any) -> str:
    """Return the shown text below an element of Word, its paragraphs apart by spaces."""
    texts: list[str] = []
    for one in element.iter():
        name = local(one)
        if name == "t":
            texts.append(one.text or "")
        elif name in {"p", "br", "tab"}:
            texts.append(" ")
    return "".join(texts)


class SlideComments:
    """The comments of a presentation, of both kinds: PowerPoint's old ones, and threads (2021)."""

    def __init__(self, main: OfficePart) -> None:
        self._authors: dict[str, str] = {}
        for kind in ("commentAuthors", "authors"):
            for part in main.of_kind(kind):
                for author in part.xml() if part.xml() is not None else ():
                    self._authors[attribute(author, "id")] = attribute(author, "name")

    def lines(self, slide: OfficePart) -> list[str]:
        """Return the lines of a slide's comments, each followed by its replies."""
        lines: list[str] = []
        for part in slide.of_kind("comments"):
            for comment in children(part.xml(), "cm"):
                is_resolved = attribute(comment, "status") in {"resolved", "closed"}
                lines.append(self._line(comment, is_resolved=is_resolved))
                replies = children(child(comment, "replyLst"), "reply")
                lines += [self._line(reply, is_reply=True) for reply in replies]
        return [line for line in lines if line][:_MOST_COMMENTS]

    def _line(self, comment: Any, *, is_reply: bool = False, is_resolved: bool = False) -> str:
        old, new = child(comment, "text"), child(comment, "txBody")
        text = (old.text or "") if old is not None else shape_text(new)
        is_reply = is_reply or any(local(e) == "parentCm" for e in comment.iter())
        author = self._authors.get(attribute(comment, "authorId"), "")
        return comment_line(author, text, is_reply=is_reply, is_resolved=is_resolved)
