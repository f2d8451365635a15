"""Building a model file here, out of weights that a package carries."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import onnxruntime
import pytest
from tests.support.tiny_encoder import TinyEncoder

from twolane.errors import ModelFileError
from twolane.llm.building.encoder import build_encoder
from twolane.llm.catalogue.models import ModelEntry, ModelFile, digest_of
from twolane.llm.catalogue.pull import pull_entry


def test_the_built_file_computes_what_the_weights_say(tmp_path: Path) -> None:
    # given
    encoder = TinyEncoder()
    encoder.write(tmp_path / "weights.bin")
    ids = [3, 1, 4, 1, 5, 9, 2, 6]

    # when
    build_encoder(tmp_path / "weights.bin", tmp_path / "model.onnx")
    session = onnxruntime.InferenceSession(str(tmp_path / "model.onnx"), providers=["CPUExecutionProvider"])
    (hidden,) = session.run(None, {"input_ids": np.array([ids])})

    # then, within what 7-bit weights can say
    exact = encoder.hidden(ids)
    assert hidden.shape == (1, *exact.shape)
    likeness = (hidden[0] * exact).sum(axis=1) / np.linalg.norm(hidden[0], axis=1)
    assert np.all(likeness / np.linalg.norm(exact, axis=1) > 0.999)


def test_a_file_that_no_source_has_is_built_and_verified(tmp_path: Path) -> None:
    # given weights that a package would carry, and the digest of what is built of them
    entry = _entry(tmp_path)

    # when
    progress = list(pull_entry(entry, tmp_path / "models", path=tmp_path / "weights.bin"))

    # then it is there, and the weights are not kept
    (file,) = entry.files
    assert digest_of(tmp_path / "models" / file.name) == file.sha256
    assert [path.suffix for path in (tmp_path / "models" / ".partial").iterdir()] == [".lock"]
    assert any(each.step == "building model.onnx" for each in progress)
    assert progress[-1].done_bytes == (tmp_path / "weights.bin").stat().st_size


def test_a_built_file_that_the_user_brings_is_taken_as_it_is(tmp_path: Path) -> None:
    # given
    entry = _entry(tmp_path)
    (tmp_path / "weights.bin").unlink()

    # when
    list(pull_entry(entry, tmp_path / "models", path=tmp_path))

    # then
    assert digest_of(tmp_path / "models" / "model.onnx") == entry.files[0].sha256


def test_a_file_that_comes_out_wrong_is_deleted(tmp_path: Path) -> None:
    # given
    entry = _entry(tmp_path)
    wrong = replace(entry, files=(replace(entry.files[0], sha256="0" * 64),))

    # when
    with pytest.raises(ModelFileError, match="came out wrong"):
        list(pull_entry(wrong, tmp_path / "models", path=tmp_path / "weights.bin"))

    # then
    assert not (tmp_path / "models" / "model.onnx").exists()


def _entry(folder: Path) -> ModelEntry:
    weights, built = folder / "weights.bin", folder / "model.onnx"
    TinyEncoder().write(weights)
    build_encoder(weights, built)
    source = ModelFile("weights.bin", weights.stat().st_size, digest_of(weights))
    file = ModelFile("model.onnx", built.stat().st_size, digest_of(built), built_from=source)
    return ModelEntry("tiny", "embed", (file,))
