"""The blob areas that the contract suite runs over; moto's server stands in for one that speaks S3."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from twolane.files.blobs.base import Blobs
from twolane.files.blobs.opening import open_blobs


@pytest.fixture(params=["folder", "s3"])
def blobs_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "folder":
        return (tmp_path / "blobs").as_uri()
    return f"{request.getfixturevalue('s3_url')}/bucket-{secrets.token_hex(4)}/library"


@pytest.fixture
def blobs(blobs_url: str) -> Iterator[Blobs]:
    opened = open_blobs(blobs_url)
    assert opened is not None
    with closing(opened):
        opened.prepare()
        opened.prepare()  # again, as others do
        yield opened
