"""What the manifests would make of a cluster: whom its network policies let through."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Labels = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a connection begins or ends: a pod by its labels, in a namespace by its labels."""

    pod: Labels
    namespace: Labels | None = None  # None is the manifests' own


class Policies:
    """The network policies of one namespace."""

    def __init__(self, manifests: Sequence[Mapping[str, Any]]) -> None:
        self._specs = [one["spec"] for one in manifests if one["kind"] == "NetworkPolicy"]

    def lets(self, source: Place, target: Place, port: int) -> bool:
        """Say whether a connection by TCP is let out at its beginning and in at its end."""
        out = source.namespace is not None or self._passes("egress", "to", source.pod, target, port)
        return out and (
            target.namespace is not None or self._passes("ingress", "from", target.pod, source, port)
        )

    def reaches(self, pod: Labels, address: str, port: int) -> bool:
        """Say whether a pod may connect to an address outside of the cluster."""
        found = ipaddress.ip_address(address)
        blocks = (
            peer["ipBlock"]
            for rule in self._rules("egress", pod)
            if _has_port(rule, port)
            for peer in rule.get("to", [])
            if "ipBlock" in peer
        )
        return any(
            found in ipaddress.ip_network(block["cidr"])
            and not any(found in ipaddress.ip_network(out) for out in block.get("except", []))
            for block in blocks
        )

    def closes(self, way: str, pod: Labels) -> bool:
        """Say whether a policy speaks of this way of a pod, so that what none allows is closed."""
        return any(way in spec["policyTypes"] and _selects(spec["podSelector"], pod) for spec in self._specs)

    def _passes(self, way: str, side: str, pod: Labels, other: Place, port: int) -> bool:
        if not self.closes(way.title(), pod):
            return True
        return any(
            _has_port(rule, port) and (side not in rule or any(_is_peer(peer, other) for peer in rule[side]))
            for rule in self._rules(way, pod)
        )

    def _rules(self, way: str, pod: Labels) -> Iterator[Mapping[str, Any]]:
        for spec in self._specs:
            if way.title() in spec["policyTypes"] and _selects(spec["podSelector"], pod):
                yield from spec.get(way) or []


def _has_port(rule: Mapping[str, Any], port: int) -> bool:
    return "ports" not in rule or any(
        one["port"] == port and one.get("protocol", "TCP") == "TCP" for one in rule["ports"]
    )


def _is_peer(peer: Mapping[str, Any], other: Place) -> bool:
    if "ipBlock" in peer:
        return False
    if "namespaceSelector" not in peer:
        return other.namespace is None and _selects(peer["podSelector"], other.pod)
    within = _selects(peer["namespaceSelector"], other.namespace or {})
    return within and _selects(peer.get("podSelector", {}), other.pod)


def _selects(selector: Mapping[str, Any], labels: Labels) -> bool:
    wanted = selector.get("matchLabels", {})
    return all(labels.get(key) == value for key, value in wanted.items()) and all(
        _holds(one, labels) for one in selector.get("matchExpressions", [])
    )


def _holds(expression: Mapping[str, Any], labels: Labels) -> bool:
    value, values = labels.get(expression["key"]), expression.get("values", [])
    return {
        "In": value in values,
        "NotIn": value not in values,
        "Exists": value is not None,
        "DoesNotExist": value is None,
    }[expression["operator"]]
