"""Filing served as a decision model: by twolane's own client, and in the shape that other clients know."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from tests.integration.api.served import INVOICE, LEASE, Served

from twolane.config.lane_settings import LaneSettings
from twolane.errors import ModelError
from twolane.llm.base import ChoiceQuestion
from twolane.llm.runtimes.openai import OpenAILLM

ASKED = "Which category is it?"


@pytest.fixture
def llm(served: Served) -> Iterator[OpenAILLM]:
    opened = OpenAILLM(LaneSettings(model="twolane", url=f"{served.url}/v1"))
    yield opened
    opened.close()


def ask(
    client: httpx.Client, question: dict[str, Any], state: object = INVOICE, **more: Any
) -> httpx.Response:
    return client.post("/v1/systemone", json={"state": state, "questions": {"q": question}, **more})


def test_twolanes_own_client_takes_it_for_a_decision_model(llm: OpenAILLM, served: Served) -> None:
    # given the user's categories
    options = {category.id: category.description for category in served.app.taxonomy.categories}

    # when
    llm.load()
    choice = llm.decide(INVOICE, ChoiceQuestion(ASKED, options))

    # then
    own = {score.category: score.probability for score in served.app.classify_text(INVOICE).scores}
    assert llm.health().ready
    assert llm.decides()
    assert dict(zip(choice.labels, map(math.exp, choice.logprobs), strict=True)) == pytest.approx(
        own, abs=1e-4
    )
    assert choice.prompt_tokens > 0


@pytest.mark.parametrize("criteria", [None, {}])
def test_without_criteria_the_users_categories_are_meant(
    client: httpx.Client, served: Served, criteria: object
) -> None:
    # when
    answer = ask(client, {"type": "choice", "instructions": ASKED, "criteria": criteria}).json()["answers"][
        "q"
    ]

    # then
    assert answer["probabilities"].keys() == {category.id for category in served.app.taxonomy.categories}
    assert answer["choice"] == served.app.classify_text(INVOICE).category
    assert sum(answer["probabilities"].values()) == pytest.approx(1)


def test_other_criteria_are_answered_by_their_meanings(client: httpx.Client) -> None:
    # given names as other programs have them, one of twolane's own ids among them
    criteria = {
        "rent 钱": "a rent in euros, landlord and tenant",
        "invoices": None,
        "Sport": "match team goal",
    }

    # when
    answer = ask(client, {"type": "choice", "instructions": ASKED, "criteria": criteria}, LEASE).json()

    # then
    found = answer["answers"]["q"]
    assert found["type"] == "choice"
    assert found["choice"] == "rent 钱"
    assert list(found["probabilities"]) == list(criteria)
    assert 0 <= found["confidence"] <= 1
    assert answer["model"] == "twolane"
    assert answer["usage"]["output_tokens"] == 0


def test_the_same_criteria_again_are_answered_the_same(client: httpx.Client) -> None:
    # given
    criteria = {f"option {number}": f"meaning {number}" for number in range(3)}
    first = ask(client, {"type": "choice", "criteria": criteria}).json()

    # when
    for number in range(20):  # more than are kept
        ask(client, {"type": "choice", "criteria": {"one": str(number), "two": ""}})

    # then
    assert ask(client, {"type": "choice", "criteria": criteria}).json() == first


def test_yes_and_no_and_levels_are_compared_by_what_they_mean(client: httpx.Client) -> None:
    # given
    money = {"type": "noul", "criteria": {"true": "a rent", "false": "a match"}}
    late = {"type": "score", "instructions": "How late?", "criteria": ["never", "today", "due"]}

    # when
    answer = client.post("/v1/systemone", json={"state": LEASE, "questions": {"m": money, "l": late}}).json()

    # then
    assert answer["answers"]["m"]["type"] == "noul"
    assert answer["answers"]["m"]["noul"] > 0.5
    level = answer["answers"]["l"]
    assert level["legend"] == {"0": "never", "1": "today", "2": "due"}
    assert level["score"] == pytest.approx(sum(int(k) * p for k, p in level["probabilities"].items()))
    assert level["score"] > 1


def test_one_option_is_certain_and_any_json_is_a_state(client: httpx.Client) -> None:
    # when
    answer = ask(client, {"type": "choice", "criteria": {"only": "this"}}, {"from": "Ada", "text": "hello"})

    # then
    assert answer.json()["answers"]["q"] == {
        "type": "choice",
        "choice": "only",
        "probabilities": {"only": 1.0},
        "confidence": 1.0,
    }


@pytest.mark.parametrize(
    ("body", "status", "words"),
    [
        ({"questions": {"q": {"type": "choice"}}}, 422, "state"),
        ({"state": "x", "questions": {}}, 422, "questions"),
        ({"state": "x", "questions": {"q": {"type": "pick"}}}, 422, "choice"),
        (
            {"state": "x", "questions": {"q": {"type": "noul", "instructions": "Is it late?"}}},
            422,
            "criteria",
        ),
        ({"state": "x", "questions": {"q": {"type": "score", "criteria": ["one"]}}}, 422, "criteria"),
        ({"state": "x", "questions": {"q": {"type": "score", "criteria": ["a", "a"]}}}, 422, "alike"),
        (
            {"state": "x", "questions": {"q": {"type": "choice", "criteria": {"A": "", "a": ""}}}},
            422,
            "rename",
        ),
        ({"state": "x", "questions": {"q": {"type": "choice", "criteria": {"a": "b" * 3000}}}}, 422, "2000"),
        (
            {
                "state": "x",
                "questions": {"q": {"type": "choice", "criteria": dict.fromkeys(map(str, range(300)))}},
            },
            422,
            "criteria",
        ),
        ({"state": "x" * 600_000, "questions": {"q": {"type": "choice"}}}, 422, "600000"),
        ({"state": "x", "images": ["data:"], "questions": {"q": {"type": "choice"}}}, 422, "images"),
        ({"state": "x", "model": "jev-latest", "questions": {"q": {"type": "choice"}}}, 404, "twolane"),
    ],
)
def test_what_cannot_be_answered_is_refused_in_the_shape_of_this_api(
    client: httpx.Client, body: dict[str, Any], status: int, words: str
) -> None:
    # when
    answer = client.post("/v1/systemone", json=body)

    # then
    error = answer.json()["error"]
    assert (answer.status_code, error["code"]) == (status, status)
    assert words in error["message"]
    assert error["type"] in {"invalid_request_error", "not_found_error"}


def test_fields_of_other_servers_are_passed_over(client: httpx.Client) -> None:
    assert ask(client, {"type": "choice", "id": 7}, keep_alive="5m", stream=False).status_code == 200


def test_twolanes_client_hears_why_it_was_refused(served: Served) -> None:
    # given
    opened = OpenAILLM(LaneSettings(model="another", url=served.url))

    # when / then
    with pytest.raises(ModelError, match="another"):
        opened.decide(INVOICE, ChoiceQuestion(ASKED, {"one": "", "two": ""}))
    opened.close()


def test_the_criteria_of_all_questions_together_are_limited(client: httpx.Client) -> None:
    # given
    criteria = {f"option {number}": None for number in range(200)}
    questions = {name: {"type": "choice", "criteria": criteria} for name in "abc"}

    # when
    refused = client.post("/v1/systemone", json={"state": INVOICE, "questions": questions})

    # then
    assert refused.status_code == 422
    assert "600 criteria" in refused.json()["error"]["message"]
