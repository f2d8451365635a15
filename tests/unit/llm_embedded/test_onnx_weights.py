"""A model's weights are mapped from its file, and compute what they did."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnxruntime
import pytest

from twolane.llm.building.onnx_file import OnnxGraph
from twolane.llm.runtimes.onnx_weights import without_weights

ROWS = np.arange(64 * 64, dtype=np.float32).reshape(64, 64)


@pytest.fixture
def model(tmp_path: Path) -> Path:
    graph = OnnxGraph()
    taken = graph.input("input_ids", "int64", ["tokens"])
    rows = graph.constant("rows", ROWS)
    one = graph.constant("one", np.ones(1, np.float32))
    row = graph.node("Gather", [rows, taken], "row")
    graph.output(graph.node("Add", [row, one], "sum"), "float32", ["tokens", 64])
    path = tmp_path / "model.onnx"
    path.write_bytes(graph.to_bytes("sum"))
    return path


def test_large_weights_stay_in_the_file(model: Path) -> None:
    # when
    light = without_weights(model)

    # then
    assert len(light) < 1000 < ROWS.nbytes < model.stat().st_size


def test_a_model_without_weights_computes_the_same(model: Path) -> None:
    # given
    options = onnxruntime.SessionOptions()
    options.add_session_config_entry(
        "session.model_external_initializers_file_folder_path", str(model.parent)
    )
    session = onnxruntime.InferenceSession(without_weights(model), options)

    # when
    (rows,) = session.run(None, {"input_ids": np.array([3, 60, 3])})

    # then
    assert np.array_equal(rows, ROWS[[3, 60, 3]] + 1)


@pytest.mark.parametrize("content", [b"", b"not this", b"\x3a\xff\xff\xff\xff\x7f", b"\xff" * 20])
def test_what_is_no_model_is_refused(tmp_path: Path, content: bytes) -> None:
    # given
    path = tmp_path / "model.onnx"
    path.write_bytes(content)

    # when / then
    with pytest.raises(ValueError, match=r"."):
        without_weights(path)


def test_half_a_model_is_refused(model: Path) -> None:
    # given
    whole = model.read_bytes()
    model.write_bytes(whole[: len(whole) // 2])

    # when / then
    with pytest.raises(ValueError, match="cut off"):
        without_weights(model)
