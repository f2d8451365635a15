"""The served interface does what it says of itself: schemathesis tries every operation of it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
from tests.integration.api.served import Served

# Many fields depend on each other, which a schema cannot say; numbers may stand for booleans; and literal
# addresses lie beside those with a number in them, so that another method finds the latter.
LEFT_OUT = "positive_data_acceptance,negative_data_rejection,unsupported_method,allow_header_conformance"


@pytest.mark.timeout(300)
def test_every_operation_answers_as_described(served: Served, tmp_path: Path) -> None:
    # given a stream without an end is left out, and what another protocol describes
    program = Path(sys.executable).with_name("schemathesis")
    options = ["--max-examples", "2", "--phases", "examples,coverage,fuzzing", "--generation-deterministic"]
    options += ["--exclude-path", "/api/v1/events", "--exclude-path", "/mcp", "--exclude-checks", LEFT_OUT]
    options += ["--request-timeout", "20", "--no-shrink", "--no-color", "--continue-on-failure"]

    # when
    ran = subprocess.run(
        [program, "run", f"{served.url}/openapi.json", *options],
        cwd=tmp_path,
        env={**os.environ, "NO_PROXY": "*"},
        capture_output=True,
        text=True,
        check=False,
    )

    # then
    assert ran.returncode == 0, ran.stdout[-6000:] + ran.stderr[-2000:]
    assert httpx.get(f"{served.url}/livez", trust_env=False).status_code == 200


def test_every_reference_leads_somewhere(client: httpx.Client) -> None:
    # given
    described = client.get("/openapi.json").json()
    schemas = described["components"]["schemas"]

    def references(node: object) -> set[str]:
        if isinstance(node, dict):
            own = {node["$ref"]} if isinstance(node.get("$ref"), str) else set()
            return own.union(*(references(value) for value in node.values()))
        return set().union(*map(references, node)) if isinstance(node, list) else set()

    # when
    found = references(described)

    # then
    assert found
    assert found <= {f"#/components/schemas/{name}" for name in schemas}
