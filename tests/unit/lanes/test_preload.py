"""Models brought into memory ahead: each lane by itself, and a failure only delays who asks first."""

from __future__ import annotations

import threading

import pytest
from standins.program import until

from twolane.documents import LaneName
from twolane.errors import ModelUnreachableError
from twolane.lanes.preload import preload


def test_a_lane_that_cannot_be_loaded_is_logged_and_holds_up_no_other(
    caplog: pytest.LogCaptureFixture,
) -> None:
    # given
    filing_failed, chat_warm = threading.Event(), threading.Event()

    def warm(name: LaneName) -> None:
        if name == "filing":
            filing_failed.set()
            raise ModelUnreachableError("nothing answers at http://127.0.0.1:1", "start it")
        filing_failed.wait(60)
        chat_warm.set()

    # when
    preload(("filing", "chat"), warm)

    # then
    assert chat_warm.wait(60)
    until(lambda: "the filing model is not loaded: nothing answers" in caplog.text, "it is logged")
