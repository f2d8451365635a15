"""Equations in a line: "x = (-b ± √(b^2 - 4ac))/(2a)", of Office's own kind (OMML) and of MathML."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from twolane.extract.readers.markup.xml import attribute, local
from twolane.extract.readers.office.ooxml import child, children, value

_DEEPEST = 40
_PROPERTIES = frozenset({"ctrlPr", "rPr", "annotation", "annotation-xml"})
_ROWS = frozenset({"mr", "mtr", "mlabeledtr"})


def equation(element: Any, depth: int = 0) -> str:
    """Return an equation as a line of text."""
    name = local(element)
    if depth > _DEEPEST or name in _PROPERTIES or name.endswith("Pr"):
        return ""
    write = _SHAPES.get(name)
    if write is not None:
        return write(element, depth + 1)
    own = (element.text or "").strip() if not len(element) else ""
    return own + "".join(equation(e, depth + 1) for e in element)


def _of(element: Any, name: str, depth: int) -> str:
    part = child(element, name)
    return equation(part, depth) if part is not None else ""


def _argument(element: Any, place: int, depth: int) -> str:
    parts = [e for e in element if local(e)]
    return equation(parts[place], depth) if place < len(parts) else ""


def _closed(text: str) -> str:
    """Return a text in parentheses where it is more than one letter or number."""
    return text if text.isalnum() or text.startswith("(") or not text else f"({text})"


def _scripts(base: str, low: str, high: str) -> str:
    return base + (f"_{_closed(low)}" if low else "") + (f"^{_closed(high)}" if high else "")


def _fraction(above: str, below: str) -> str:
    return f"{_closed(above)}/{_closed(below)}"


def _root(content: str, degree: str) -> str:
    return f"{degree}√{_closed(content)}"


def _sum(element: Any, depth: int) -> str:
    sign = value(child(element, "naryPr"), "chr") or "∫"
    return (
        _scripts(sign, _of(element, "sub", depth), _of(element, "sup", depth))
        + " "
        + _of(element, "e", depth)
    )


def _enclosed(element: Any, depth: int) -> str:
    properties = child(element, "dPr")
    begin, end = (child(properties, name) for name in ("begChr", "endChr"))
    first = attribute(begin, "val") if begin is not None else "("
    last = attribute(end, "val") if end is not None else ")"
    between = value(properties, "sepChr") or "|"
    return first + between.join(equation(e, depth) for e in children(element, "e")) + last


def _matrix(element: Any, depth: int) -> str:
    rows = [e for e in element if local(e) in _ROWS]
    cells = [[e for e in row if local(e) in {"e", "mtd"}] for row in rows]
    return "; ".join(", ".join(equation(cell, depth) for cell in row) for row in cells)


def _rows(element: Any, depth: int) -> str:
    return "; ".join(equation(e, depth) for e in children(element, "e"))


def _script_of(low: str, high: str) -> Callable[[Any, int], str]:
    return lambda e, depth: _scripts(
        _of(e, "e", depth), _of(e, low, depth) if low else "", _of(e, high, depth) if high else ""
    )


def _math_scripts(low: int, high: int) -> Callable[[Any, int], str]:
    return lambda e, depth: _scripts(
        _argument(e, 0, depth),
        _argument(e, low, depth) if low else "",
        _argument(e, high, depth) if high else "",
    )


_SHAPES: Mapping[str, Callable[[Any, int], str]] = {
    "t": lambda e, _: e.text or "",
    "f": lambda e, depth: _fraction(_of(e, "num", depth), _of(e, "den", depth)),
    "rad": lambda e, depth: _root(_of(e, "e", depth), _of(e, "deg", depth)),
    "sSup": _script_of("", "sup"),
    "sSub": _script_of("sub", ""),
    "sSubSup": _script_of("sub", "sup"),
    "limLow": _script_of("lim", ""),
    "limUpp": _script_of("", "lim"),
    "nary": _sum,
    "d": _enclosed,
    "m": _matrix,
    "eqArr": _rows,
    "func": lambda e, depth: _of(e, "fName", depth) + " " + _of(e, "e", depth),
    "mfrac": lambda e, depth: _fraction(_argument(e, 0, depth), _argument(e, 1, depth)),
    "msqrt": lambda e, depth: _root("".join(equation(part, depth) for part in e), ""),
    "mroot": lambda e, depth: _root(_argument(e, 0, depth), _argument(e, 1, depth)),
    "msup": _math_scripts(0, 1),
    "mover": _math_scripts(0, 1),
    "msub": _math_scripts(1, 0),
    "munder": _math_scripts(1, 0),
    "msubsup": _math_scripts(1, 2),
    "munderover": _math_scripts(1, 2),
    "mtable": _matrix,
}
