"""Whether a process can do its work as far as its models go, in words that tell nothing of the owner."""

from __future__ import annotations

from collections.abc import Sequence

from twolane.documents import LaneName
from twolane.lanes.snapshot import LaneSnapshot


def lanes_fault(lanes: Sequence[LaneSnapshot], asked: LaneName | None = None) -> str:
    """Say why the lane that is asked for would not answer now, or ""; without one, why none of them would.

    One lane that is down is no reason to send nothing to a process that serves the other one's users.
    Addresses and folders are left out: whoever reaches the port may ask.
    """
    wanted = [lane for lane in lanes if asked in {None, lane.name}]
    faults = [_fault(lane) for lane in wanted]
    return "; ".join(faults) if all(faults) else ""


def _fault(lane: LaneSnapshot) -> str:
    if lane.health.ready:
        return ""
    why = "cannot be used just now" if lane.health.reachable else "does not answer"
    return f"the {lane.name} lane's model {why}"
