"""The list of models, and whether files in the cache are what it says."""

from __future__ import annotations

import hashlib
import os
import re
from pathlib import Path

import pytest

from twolane.errors import ModelFileError, ModelMissingError, NotFoundError
from twolane.llm.catalogue import models
from twolane.llm.catalogue.models import Carrier, ModelEntry, ModelFile, find_model, known_models

ENTRIES = pytest.mark.parametrize("entry", known_models(), ids=lambda entry: entry.name)
CONTENT = b"the weights of a model"


@pytest.fixture
def entry(monkeypatch: pytest.MonkeyPatch) -> ModelEntry:
    file = ModelFile("tiny.gguf", len(CONTENT), hashlib.sha256(CONTENT).hexdigest())
    entry = ModelEntry("tiny:1m", "chat", (file,))
    monkeypatch.setattr(models, "known_models", lambda: (entry,))
    return entry


@ENTRIES
def test_the_list_is_whole(entry: ModelEntry) -> None:
    assert entry.licence
    assert entry.purpose
    assert entry.context_tokens > 0
    assert bool(entry.terms) == entry.must_accept
    sources = [file.built_from or file for file in entry.files]
    for file in (*entry.files, *sources):
        assert re.fullmatch("[0-9a-f]{64}", file.sha256)
    for file in sources:
        assert file.carriers
        assert not file.hub or file.hub.startswith("https://")


@ENTRIES
def test_carriers_hold_whole_files(entry: ModelEntry) -> None:
    for file in [file.built_from or file for file in entry.files]:
        for carrier in file.carriers:
            if carrier.parts > 1:
                assert (carrier.parts - 1) * carrier.part_bytes < file.size_bytes
                assert file.size_bytes <= carrier.parts * carrier.part_bytes


def test_parts_are_named_by_their_number() -> None:
    # given
    carrier = Carrier("some-part{part}", "1.0", "some_part{part}/p{part:02d}.bin{index:02d}", parts=3)

    # then
    assert carrier.requirement(0) == "some-part1==1.0"
    assert carrier.member_of(2) == "some_part3/p03.bin02"


def test_an_unknown_name_lists_the_known() -> None:
    with pytest.raises(NotFoundError, match="no model is called 'llama9'") as caught:
        find_model("llama9")
    assert "qwen2.5-coder:0.5b" in caught.value.remedy


def test_a_gguf_file_of_the_users_is_a_model(tmp_path: Path) -> None:
    # given
    path = tmp_path / "mine.gguf"
    path.write_bytes(CONTENT)

    # when
    found = find_model(str(path))

    # then
    assert found.kind == "chat"
    assert models.is_present(str(path), tmp_path / "elsewhere")
    assert models.ready_path(str(path), tmp_path / "elsewhere") == path
    assert models.prompt_form(str(path)) == "chat"


def test_a_gguf_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match=r"none\.gguf"):
        find_model(str(tmp_path / "none.gguf"))


def test_a_model_that_is_not_there_says_how_to_get_it(entry: ModelEntry, tmp_path: Path) -> None:
    # then
    assert not models.is_present(entry.name, tmp_path)
    assert models.list_models(tmp_path) == []
    with pytest.raises(ModelMissingError) as caught:
        models.ready_path(entry.name, tmp_path)
    assert "twolane models pull tiny:1m" in caught.value.remedy


def test_a_whole_file_is_ready(entry: ModelEntry, tmp_path: Path) -> None:
    # given
    (tmp_path / "tiny.gguf").write_bytes(CONTENT)

    # then
    assert models.is_present(entry.name, tmp_path)
    assert models.ready_path(entry.name, tmp_path) == tmp_path / "tiny.gguf"
    assert [info.name for info in models.list_models(tmp_path)] == ["tiny:1m"]


@pytest.mark.parametrize("damaged", [CONTENT[:-1], CONTENT.replace(b"weights", b"weighty")])
def test_a_damaged_file_is_deleted(entry: ModelEntry, tmp_path: Path, damaged: bytes) -> None:
    # given
    path = tmp_path / "tiny.gguf"
    path.write_bytes(damaged)

    # when / then
    with pytest.raises(ModelFileError, match="damaged, and is deleted"):
        models.verify(entry.name, tmp_path)
    assert not path.exists()


def test_a_file_changed_after_it_was_found_whole_is_read_again(entry: ModelEntry, tmp_path: Path) -> None:
    # given
    path = tmp_path / "tiny.gguf"
    path.write_bytes(CONTENT)
    models.ready_path(entry.name, tmp_path)

    # when
    path.write_bytes(CONTENT.replace(b"weights", b"weighty"))
    os.utime(path, ns=(1, 1))

    # then
    with pytest.raises(ModelFileError):
        models.ready_path(entry.name, tmp_path)


def test_a_file_found_whole_is_not_read_again(entry: ModelEntry, tmp_path: Path) -> None:
    # given: a change that keeps the time stands for any reading at all
    path = tmp_path / "tiny.gguf"
    path.write_bytes(CONTENT)
    models.ready_path(entry.name, tmp_path)
    modified = path.stat().st_mtime_ns
    path.write_bytes(CONTENT.replace(b"weights", b"weighty"))
    os.utime(path, ns=(modified, modified))

    # then
    assert models.ready_path(entry.name, tmp_path) == path
    with pytest.raises(ModelFileError):
        models.verify(entry.name, tmp_path)
