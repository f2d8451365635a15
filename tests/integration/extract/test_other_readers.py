"""Our readers lose nothing that well-kept libraries find: on the examples, and on all files under EVALS."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.support.other_readers import READERS, NotReadError, lacking, words

from twolane.config.settings import ExtractSettings
from twolane.extract import Extractor

EXAMPLES = Path(__file__).parents[3] / "examples" / "inbox"
MOST_LACKING = 0.01


@dataclass(frozen=True, slots=True)
class Difference:
    """A file of which ours lacks more than the bound: `share` at most, for a reason that was looked at."""

    file: str
    reader: str
    share: float
    reason: str


DIFFERENCES = {
    (row["file"], row["reader"]): Difference(**row)
    for row in tomllib.loads(Path(__file__).with_name("differences.toml").read_text("utf-8"))["difference"]
}


def compared() -> Iterator[tuple[Path, Callable[[Path], str]]]:
    folders = [EXAMPLES, *map(Path, filter(None, [os.environ.get("EVALS")]))]
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            yield from ((path, reader) for reader in READERS.get(path.suffix.lower(), ()))


@pytest.fixture(scope="module")
def extractor() -> Iterator[Extractor]:
    with Extractor(ExtractSettings(ocr="off")) as extractor:
        yield extractor


@pytest.mark.parametrize(
    ("path", "reader"),
    [pytest.param(path, reader, id=f"{path.name}-{reader.__name__}") for path, reader in compared()],
)
def test_hardly_a_word_is_lacking_that_another_library_reads(
    extractor: Extractor, path: Path, reader: Callable[[Path], str]
) -> None:
    # given
    try:
        other = reader(path)
    except NotReadError as error:
        pytest.skip(str(error))
    known = DIFFERENCES.get((path.name, reader.__name__))

    # when
    reading = extractor.read(path)
    ours = "\n".join([reading.title, *(f"{page.label}\n{page.text}" for page in reading.pages)])
    lost = lacking(ours, other)
    share = lost.total() / max(1, words(other).total())

    # then
    most = known.share if known else MOST_LACKING
    assert share <= most, f"lacks {share:.3f}: {lost.most_common(20)} ({reading.status}: {reading.note})"
    assert not known or share > MOST_LACKING, f"no longer lacks anything: take it out, {known.reason}"


def test_the_examples_hold_every_kind_that_is_compared() -> None:
    # when
    kinds = {path.suffix for path in EXAMPLES.iterdir()}

    # then
    assert {".docx", ".pptx", ".odt", ".xlsx", ".html", ".epub"} <= kinds & READERS.keys()
