"""Labels are scored from next-token distributions: spellings summed, shared beginnings asked again."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twolane.errors import ModelAnswerError
from twolane.llm.base import Choice, Message, Prompt
from twolane.llm.runtimes.labels import NextTokens, extend, score_labels

Shares = dict[str, float]


class Model:
    """Answers with fixed distributions by the end of the prompt; the key "" is the first one."""

    def __init__(self, distributions: dict[str, Shares], start: Prompt = "Category:") -> None:
        self.start = start
        self.asked: list[Prompt] = []
        self._distributions = distributions

    def __call__(self, prompt: Prompt) -> NextTokens:
        self.asked.append(prompt)
        text = prompt if isinstance(prompt, str) else prompt[-1].content
        written = text.removeprefix(self.start) if isinstance(self.start, str) else text
        shares = self._distributions[written if len(self.asked) > 1 else ""]
        return NextTokens(tuple((token, math.log(share)) for token, share in shares.items()), 7, 3)

    def score(self, *labels: str, max_requests: int = 6) -> list[float]:
        choice = score_labels(self, self.start, labels, max_requests)
        return [math.exp(logprob) for logprob in choice.logprobs]


def test_spellings_of_a_labels_beginning_are_summed() -> None:
    # given
    model = Model({"": {"ent": 0.1, " Ent": 0.2, " entertainment": 0.3, " sport": 0.1, " ": 0.1}})

    # when
    entertainment, sport = model.score("Entertainment", "sport")

    # then
    assert entertainment == pytest.approx(0.6)
    assert sport == pytest.approx(0.1)
    assert model.asked == ["Category:"]


def test_a_label_that_is_not_listed_gets_a_thousandth_of_the_rest() -> None:
    # given
    model = Model({"": {" sport": 0.5, " tech": 0.1}})

    # when
    sport, politics = model.score("sport", "politics")

    # then
    assert sport == pytest.approx(0.5)
    assert politics == pytest.approx(0.4 / 1000)


def test_the_floor_is_never_above_the_smallest_listed() -> None:
    # given
    model = Model({"": {" sport": 0.5, " the": 0.0001}})

    # then
    assert model.score("sport", "politics")[1] == pytest.approx(0.0001)


def test_labels_with_a_common_word_are_told_apart_by_the_next() -> None:
    # given
    model = Model(
        {"": {" tax": 0.4, " Tax": 0.1, " letter": 0.3}, " tax": {" return": 0.75, " letter": 0.25}}
    )

    # when
    scores = model.score("tax return", "tax letter", "letter")

    # then
    assert scores == pytest.approx([0.375, 0.125, 0.3])
    assert model.asked == ["Category:", "Category: tax"]


def test_all_words_that_are_shared_are_written_at_once() -> None:
    # given
    model = Model({"": {" bank": 0.5}, " bank account": {" open": 0.5, " closed": 0.25}})

    # then
    assert model.score("bank account open", "bank account closed") == pytest.approx([0.25, 0.125])


def test_labels_that_share_a_piece_of_a_word_are_told_apart_by_the_next_piece() -> None:
    # given
    model = Model({"": {" inv": 0.6}, " inv": {"oice": 0.5, "entory": 0.5}})

    # then
    assert model.score("Invoice", "inventory") == pytest.approx([0.3, 0.3])


def test_three_levels_are_multiplied() -> None:
    # given
    model = Model(
        {
            "": {" a": 0.8},
            " a": {" b": 0.5, " c": 0.5},
            " a b": {" x": 0.25, " y": 0.75},
        }
    )

    # then
    assert model.score("a b x", "a b y", "a c") == pytest.approx([0.1, 0.3, 0.4])


def test_a_label_that_is_complete_gets_what_no_longer_one_goes_on_with() -> None:
    # given
    model = Model({"": {" tax": 0.5}, " tax": {" return": 0.25, "\n": 0.7}})

    # then
    assert model.score("tax", "tax return") == pytest.approx([0.375, 0.125])


def test_a_label_named_twice_scores_the_same() -> None:
    # given
    model = Model({"": {" tax": 0.5}})

    # then
    assert model.score("tax", "Tax") == pytest.approx([0.5, 0.5])


def test_a_small_group_is_shared_out_without_asking() -> None:
    # given
    model = Model({"": {" receipt": 0.9, "p": 0.01}})

    # then
    assert model.score("receipt", "payslip", "photo") == pytest.approx([0.9, 0.005, 0.005])
    assert len(model.asked) == 1


def test_requests_are_bounded() -> None:
    # given
    model = Model({"": {" a": 0.8}, " a": {" b": 1.0}, " a b": {" c": 1.0}})

    # when
    scores = model.score("a b c", "a b d", "a e", max_requests=2)

    # then
    assert len(model.asked) == 2
    assert scores[:2] == pytest.approx([0.4, 0.4])


def test_a_chat_is_extended_as_the_assistants_words() -> None:
    # given
    start = (Message("user", "Which?"),)
    model = Model({"": {"tax": 0.5}, "tax": {" return": 0.5, " letter": 0.5}}, start)

    # then
    assert model.score("tax return", "tax letter") == pytest.approx([0.25, 0.25])
    assert model.asked[1] == (*start, Message("assistant", "tax"))
    assert extend((*start, Message("assistant", "It is")), " tax")[-1] == Message("assistant", "It is tax")


def test_a_server_without_probabilities_is_an_error() -> None:
    with pytest.raises(ModelAnswerError):
        score_labels(lambda prompt: NextTokens(()), "Category:", ["a"])


def test_the_costs_are_those_of_the_prompt() -> None:
    # when
    choice = score_labels(Model({"": {"a": 0.5}}), "Category:", ["a"])

    # then
    assert choice == Choice(("a",), choice.logprobs, prompt_tokens=7, cached_tokens=3)


tokens = st.lists(
    st.tuples(st.text("ab ßİ寿\n", max_size=4), st.floats(1e-9, 1.0)), min_size=1, max_size=8
).map(lambda items: [(text, math.log(share / sum(s for _, s in items))) for text, share in items])
labels = st.lists(st.text("abAB ßİ寿", min_size=1, max_size=8), min_size=1, max_size=8)


@given(first=tokens, later=tokens, names=labels)
def test_any_distribution_gives_finite_scores(
    first: list[tuple[str, float]], later: list[tuple[str, float]], names: list[str]
) -> None:
    # given
    asked: list[Prompt] = []

    def model(prompt: Prompt) -> NextTokens:
        asked.append(prompt)
        return NextTokens(tuple(later if len(asked) > 1 else first))

    # when
    choice = score_labels(model, "Category:", names)

    # then
    assert choice.labels == tuple(names)
    assert all(math.isfinite(logprob) and logprob <= 0 for logprob in choice.logprobs)
    assert len(asked) <= 6


@given(
    first=tokens,
    names=labels.map(lambda names: sorted({"x" + " ".join(n.split()).casefold() for n in names})),
)
def test_different_labels_never_hold_more_than_everything(
    first: list[tuple[str, float]], names: list[str]
) -> None:
    # when
    choice = score_labels(lambda prompt: NextTokens(tuple(first)), "Category:", names)

    # then
    assert sum(math.exp(logprob) for logprob in choice.logprobs) <= 1 + 1e-2
