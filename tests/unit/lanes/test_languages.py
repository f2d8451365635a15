"""What is said where the embedder does not know the library's languages."""

from __future__ import annotations

import pytest

from twolane.config.lane_settings import EmbeddingSettings
from twolane.lanes.languages import told_of_languages
from twolane.llm.base import Health

READY = Health(ready=True, reachable=True, loaded=True, detail="loaded")


def test_a_library_whose_languages_its_embedder_does_not_know_is_told_the_command_that_changes_it() -> None:
    # when
    health = told_of_languages(
        READY, EmbeddingSettings(model="all-minilm-l6-v2"), {"en": 50, "fr": 2, "de": 9}
    )

    # then
    assert health.ready
    assert health.detail == "loaded; all-minilm-l6-v2 does not know the language of 11 files (de, fr)"
    assert health.remedy == "run: twolane models reembed --model multilingual-e5-small"


@pytest.mark.parametrize(
    ("model", "files"),
    [
        ("all-minilm-l6-v2", {}),
        ("all-minilm-l6-v2", {"en": 50}),
        ("all-minilm-l6-v2", {"en": 50, "de": 4}),  # few
        ("all-minilm-l6-v2", {"en": 1000, "de": 20}),  # a small share
        ("multilingual-e5-small", {"de": 900}),
        ("nobody-knows-it", {"de": 900}),
    ],
)
def test_nothing_is_said_where_the_embedder_knows_what_matters(model: str, files: dict[str, int]) -> None:
    assert told_of_languages(READY, EmbeddingSettings(model=model), files) is READY


def test_an_embedder_that_is_down_or_off_has_other_worries() -> None:
    # given
    down = Health(ready=False, reachable=False, loaded=False, detail="it is not here", remedy="pull it")
    settings = EmbeddingSettings(model="all-minilm-l6-v2")

    # then
    assert told_of_languages(down, settings, {"de": 90}) is down
    off = settings.model_copy(update={"runtime": "off"})
    assert told_of_languages(READY, off, {"de": 90}) is READY
