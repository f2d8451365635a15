"""One served library for the tests of its tools."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.integration.api.served import Served, serving


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving(tmp_path_factory.mktemp("served")) as running:
        yield running


@pytest.fixture
def mcp_url(served: Served) -> str:
    return f"{served.url}/mcp"
