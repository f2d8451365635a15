"""What the controls of an OpenDocument form show: ticked boxes, what was chosen, what was filled in."""

from __future__ import annotations

from typing import Any

from twolane.extract.readers.markup.xml import attribute, local
from twolane.extract.readers.office.ooxml import children
from twolane.extract.readers.office.word_fields import TICKED, UNTICKED

_TRUE = frozenset({"true", "checked", "1"})
_BUTTONS = frozenset({"button", "image", "hidden", "file", "grid"})


def control_values(root: Any) -> dict[str, str]:
    """Return what each control of a file's forms shows by its id."""
    values: dict[str, str] = {}
    for forms in root.iter("{*}forms"):
        for element in forms.iter():
            for key, identity in element.attrib.items():
                if key.rpartition("}")[2] == "id":
                    values[str(identity)] = _control_value(element)
    return values


def _control_value(control: Any) -> str:
    kind, label = local(control), attribute(control, "label")
    if kind in {"checkbox", "radio"}:
        chosen = attribute(control, "current-state") or attribute(control, "current-selected")
        chosen = chosen or attribute(control, "state") or attribute(control, "selected")
        return f"{TICKED if chosen in _TRUE else UNTICKED} {label}"
    if kind == "listbox":
        chosen_items = [
            attribute(e, "label")
            for e in children(control, "option")
            if (attribute(e, "current-selected") or attribute(e, "selected")) in _TRUE
        ]
        return ", ".join(chosen_items)
    if kind in {"fixed-text", "frame"}:
        return label
    if kind in _BUTTONS or kind == "password":
        return ""
    return attribute(control, "current-value") or attribute(control, "value")


def field_mark_value(mark: Any) -> str:
    """Return what a field shows that LibreOffice keeps of Word's old forms: a box, or the entry of a list."""
    said = [(attribute(e, "name"), attribute(e, "value")) for e in children(mark, "param")]
    kind = attribute(mark, "type")
    if kind.endswith("FORMCHECKBOX"):
        return TICKED if any(n.endswith("Checked") and v in _TRUE for n, v in said) else UNTICKED
    if kind.endswith("FORMDROPDOWN"):
        entries = [value for name, value in said if name.endswith("ListEntry")]
        chosen = next((value for name, value in said if name.endswith("Selected")), "")
        return entries[int(chosen)] if chosen.isdigit() and int(chosen[:6]) < len(entries) else ""
    return ""
