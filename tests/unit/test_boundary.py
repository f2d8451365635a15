"""What a client of the API is told of an error: a passing one may be tried again."""

from __future__ import annotations

import errno

import pytest
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

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


def test_a_request_that_breaks_off_is_no_fault_of_the_program() -> None:
    # given
    boundary = Boundary()

    # then
    assert boundary.explain(ClientDisconnect()).status == 400
    assert boundary.unexpected == 0


def test_a_full_disk_is_told_wherever_what_was_sent_was_put_down() -> None:
    # given: as it comes, and as what reads forms tells of it
    full, boundary = OSError(errno.ENOSPC, "No space left on device"), Boundary()
    in_a_form = HTTPException(400, "There was an error parsing the body")
    in_a_form.__cause__ = full

    # when
    told = [boundary.explain(error) for error in (full, in_a_form)]

    # then
    assert [error.status for error in told] == [503, 503]
    assert all("No space left" in error.body.error and error.body.remedy for error in told)
    assert boundary.unexpected == 0
