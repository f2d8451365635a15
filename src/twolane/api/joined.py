"""A module or stylesheet with all that it imports, as one file: a browser asks once, not a hundred times.

The files themselves are whole modules, and run as they lie there. Joined, each is a function that runs when
it is first needed, as a module is, and gives what it exports. Why it is so: docs/why/serving.md.
"""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Callable, Mapping
from graphlib import TopologicalSorter

_STYLE = re.compile(r'^@import url\("([^"]+)"\);$', re.MULTILINE)
_IMPORT = re.compile(r'^import \{([^}]*)\} from "([^"]+)";$', re.MULTILINE)
_LATER = re.compile(r'\bimport\("(\.[^"]+)"\)')
_EXPORT = re.compile(r"^export (?=(?:async )?(?:function\*?|class|const) (\w+))", re.MULTILINE)
_OTHER = re.compile(r"^(?:import|export)\b.*|\bimport\.meta\b", re.MULTILINE)
_HEAD = """const __made = new Map();
const __need = (name) => {
  if (!__made.has(name)) __made.set(name, __modules[name]());
  return __made.get(name);
};
const __later = async (name) => __need(name);
"""

Read = Callable[[str], str]


def joined_style(name: str, read: Read) -> str:
    """Return a stylesheet with those that it imports in their places; `read` gives the text of a name."""
    return _STYLE.sub(lambda found: read(_beside(name, found[1])), read(name))


def joined_module(name: str, read: Read, alone: Mapping[str, str]) -> str:
    """Return a module with all that it imports, at once or later; `read` gives the text of a name.

    `alone` are those that are asked for by themselves once they are needed, with their addresses. Raises
    `ValueError` for what is written in another way than the modules of the page are, `CycleError` for modules
    that import each other.
    """
    texts: dict[str, str] = {}
    needed: dict[str, set[str]] = {}
    waiting = [name]
    while waiting:
        one = waiting.pop()
        if one in texts:
            continue
        texts[one] = read(one)
        needed[one] = {_beside(one, path) for _, path in _IMPORT.findall(texts[one])}
        later = {_beside(one, path) for path in _LATER.findall(texts[one])} - alone.keys()
        waiting += sorted(needed[one] | later)
    order = list(TopologicalSorter(needed).static_order())
    modules = ",\n".join(_as_function(one, texts[one], alone) for one in order)
    exports = ", ".join(_EXPORT.findall(texts[name]))
    last = f"export const {{ {exports} }} = " if exports else ""
    return f"{_HEAD}const __modules = {{\n{modules}\n}};\n{last}__need({json.dumps(name)});\n"


def _as_function(name: str, text: str, alone: Mapping[str, str]) -> str:
    def needed(found: re.Match[str]) -> str:
        names = re.sub(r"(\w+)\s+as\s+(\w+)", r"\1: \2", found[1])
        return f"const {{{names}}} = __need({json.dumps(_beside(name, found[2]))});"

    def later(found: re.Match[str]) -> str:
        wanted = _beside(name, found[1])
        return f'import("{alone[wanted]}")' if wanted in alone else f"__later({json.dumps(wanted)})"

    exports = ", ".join(_EXPORT.findall(text))
    text = _EXPORT.sub("", _LATER.sub(later, _IMPORT.sub(needed, text)))
    if other := _OTHER.search(text):
        raise ValueError(f"{name} cannot be joined with others: {other[0]}")
    return f"{json.dumps(name)}: () => {{\n{text}\nreturn {{{exports}}};\n}}"


def _beside(name: str, path: str) -> str:
    """Return the name of what a file calls by a path from where it lies itself."""
    return posixpath.normpath(posixpath.join(posixpath.dirname(name), path))
