"""Texts become the same token ids as the library's, in whatever a tokenizer is kept."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tokenizers import Tokenizer as Library

from twolane.llm.runtimes.tokenizing import (
    LibraryTokenizer,
    TextTokenizer,
    UnigramTokenizer,
    read_tokenizer,
)

VOCABULARY = [
    *(["<s>", 0.0], ["<pad>", 0.0], ["</s>", 0.0], ["<unk>", 0.0]),
    *(
        ["▁", -3.9],
        ["▁Rech", -9.1],
        ["nung", -8.2],
        ["▁Rechnung", -9.5],
        ["▁R", -7.5],
        ["e", -5.5],
        ["ch", -7.1],
    ),
    # sums that are equal: the first way to a place counts
    *(
        ["a", -6.0],
        ["b", -6.0],
        ["ab", -6.5],
        ["ba", -6.5],
        ["▁a", -6.0],
        ["n", -5.0],
        ["u", -5.5],
        ["g", -6.0],
    ),
    *(["счёт", -9.0], ["с", -6.5], ["ч", -8.5], ["发", -9.9], ["发票", -11.5], ['"', -7.0], ["\\", -11.0]),
    *(["فاتورة", -11.0], ["<mask>", 0.0]),
]
TEMPLATE = {
    "type": "TemplateProcessing",
    "single": [
        {"SpecialToken": {"id": "<s>", "type_id": 0}},
        {"Sequence": {"id": "A", "type_id": 0}},
        {"SpecialToken": {"id": "</s>", "type_id": 0}},
    ],
    "pair": [{"Sequence": {"id": "A", "type_id": 0}}, {"Sequence": {"id": "B", "type_id": 1}}],
    "special_tokens": {
        "<s>": {"id": "<s>", "ids": [0], "tokens": ["<s>"]},
        "</s>": {"id": "</s>", "ids": [2], "tokens": ["</s>"]},
    },
}
BERT = {"type": "BertProcessing", "sep": ["</s>", 2], "cls": ["<s>", 0]}
PARTS = ["Rechnung", "Rech", "ab", "ba", "счёт", "发票", "票", "فاتورة", "<s>", "</s>", "<mask>", "<unk>"]
PARTS += [" ", "  ", "▁", '"', "\\", "\n", "\u0301", "ﬁ", "🦊", "g", "ч"]


def described(post_processor: Any = TEMPLATE, **model: Any) -> str:
    last = len(VOCABULARY) - 1
    plain = {"single_word": False, "lstrip": False, "rstrip": False, "normalized": False, "special": True}
    named = [("<s>", 0), ("<pad>", 1), ("</s>", 2), ("<unk>", 3), ("<mask>", last)]
    return json.dumps(
        {
            "version": "1.0",
            "truncation": {"max_length": 4, "strategy": "LongestFirst", "stride": 0, "direction": "Right"},
            "padding": None,
            "added_tokens": [{"id": id_, "content": content, **plain} for content, id_ in named],
            "normalizer": {"type": "Sequence", "normalizers": [{"type": "NFKC"}]},
            "pre_tokenizer": {"type": "Metaspace", "replacement": "▁", "add_prefix_space": True},
            "post_processor": post_processor,
            "decoder": {"type": "Metaspace", "replacement": "▁", "add_prefix_space": True},
            "model": {"type": "Unigram", "unk_id": 3, "vocab": VOCABULARY, **model},
        },
        indent=1,
        ensure_ascii=False,
    )


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> TextTokenizer:
    path = tmp_path_factory.mktemp("tokenizer") / "tokenizer.json"
    path.write_text(described(), "utf-8")
    return read_tokenizer(path)


@pytest.fixture(scope="module")
def library() -> Library:
    opened = Library.from_str(described())
    opened.no_truncation()
    return opened


@settings(derandomize=True, deadline=None)
@given(
    text=st.lists(st.sampled_from(PARTS) | st.text(st.characters(exclude_categories=["Cs"]), max_size=5)).map(
        "".join
    ),
    marked=st.booleans(),
)
def test_ids_are_the_librarys(kept: TextTokenizer, library: Library, text: str, marked: bool) -> None:
    # when
    ids = kept.ids(text, marked=marked)

    # then
    assert ids == library.encode(text, add_special_tokens=marked).ids


def test_a_large_vocabulary_is_not_left_to_the_library(kept: TextTokenizer) -> None:
    # then
    assert isinstance(kept, UnigramTokenizer)


@pytest.mark.parametrize("other", [{"byte_fallback": True}, {"post_processor": BERT}])
def test_what_is_not_known_here_is_left_to_the_library(tmp_path: Path, other: dict[str, Any]) -> None:
    # given
    path = tmp_path / "tokenizer.json"
    path.write_text(described(**other), "utf-8")

    # when
    tokenizer = read_tokenizer(path)

    # then
    assert isinstance(tokenizer, LibraryTokenizer)
    assert len(tokenizer.ids("Rechnung " * 9)) > 9


@pytest.mark.parametrize("cut", [0, 40, 900, -40])
def test_half_a_file_is_refused(tmp_path: Path, cut: int) -> None:
    # given
    path = tmp_path / "tokenizer.json"
    path.write_text(described()[:cut], "utf-8")

    # when / then
    with pytest.raises(ValueError, match=r"."):
        read_tokenizer(path)
