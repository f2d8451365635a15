"""What a client of the API is told of an error: a passing one may be tried again."""

from __future__ import annotations

import pytest

from twolane.api.boundary import Boundary
from twolane.errors import (
    BlobsError,
    ModelBusyError,
    ModelUnreachableError,
    NotFoundError,
    StoreBusyError,
    TwolaneError,
)


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        (BlobsError, 503),
        (StoreBusyError, 503),
        (ModelBusyError, 503),
        (ModelUnreachableError, 503),
        (NotFoundError, 404),
        (TwolaneError, 400),
    ],
)
def test_what_is_away_for_a_while_is_to_be_asked_again(kind: type[TwolaneError], status: int) -> None:
    # when
    refusal = Boundary().explain(kind("it is away", "wait"))

    # then
    assert refusal.status == status
    assert ("Retry-After" in refusal.headers) is (status == 503)
