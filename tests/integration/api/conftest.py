"""One served library for all tests of the API: starting it takes longer than any of them."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest
from tests.integration.api.served import Served, serving


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving(tmp_path_factory.mktemp("served")) as running:
        yield running


@pytest.fixture
def client(served: Served) -> Iterator[httpx.Client]:
    with served.client() as client:
        yield client
