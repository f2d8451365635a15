"""The set-ups that are compared: two lanes, or one model, each with a library of its own."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from standins.model_server import Exchange
from standins.ollama import GENERATES, FakeOllama

from twolane.app import open_app
from twolane.config.lane_settings import ChatSettings, EmbeddingSettings, FilingSettings
from twolane.config.settings import Settings
from twolane.hardware.plan.profiles import usable_cores
from twolane.lanes.resolve import resolve_lanes
from twolane.measure.prove.rig import Rig
from twolane.measure.prove.setups import measured_lanes, measured_settings


def users(tmp_path: Path) -> Settings:
    return Settings(
        data_dir=tmp_path / "library",
        store_url="sqlite:///mine.db",
        filing=FilingSettings(
            model="small", runtime="scripted", taxonomy=str(tmp_path / "mine.toml"), use_model=False
        ),
        chat=ChatSettings(model="large", runtime="scripted", answer_tokens=400),
    )


def test_nothing_of_the_users_library_is_measured_with(tmp_path: Path) -> None:
    # when
    measured = measured_settings(users(tmp_path), "two", tmp_path / "work", quick=False, workers=0)

    # then
    assert measured.data_dir == tmp_path / "work" / "library"
    assert not measured.store_url
    assert not measured.filing.taxonomy
    assert measured.filing.model == "small"
    assert not measured.filing.use_model
    assert measured.chat.answer_tokens == 48


def test_the_users_ollama_is_the_one_that_is_measured(tmp_path: Path) -> None:
    # given
    filing, chat = FilingSettings(model="small:1b"), ChatSettings(model="large:8b")
    settings = Settings(ollama_host="box:1", filing=filing, chat=chat)

    # when
    measured = measured_settings(settings, "two", tmp_path, quick=True, workers=0)

    # then
    assert measured_lanes(measured, "two")["chat"].url == "http://box:1"


def test_a_number_of_workers_is_a_number_of_requests_too(tmp_path: Path) -> None:
    # when
    measured = measured_settings(users(tmp_path), "two", tmp_path / "work", quick=True, workers=4)

    # then
    assert (measured.filing.workers, measured.filing.concurrency) == (4, 4)


def test_one_model_does_both_jobs_in_one_queue(tmp_path: Path) -> None:
    # given
    settings = measured_settings(users(tmp_path), "one", tmp_path / "work", quick=False, workers=0)

    # when
    with open_app(settings, measured_lanes(settings, "one")) as one:
        shared = one.models.asked("filing") is one.models.asked("chat")
        filed = one.classify_text("A page that says nothing of its kind.")
        model = one.models.asked("filing").model

    # then
    assert shared
    assert model == "large"
    assert filed.tier == "small_model"
    assert not settings.chat_first


def test_one_model_has_the_threads_of_both_lanes_but_no_more_than_the_cores() -> None:
    # given
    own = {"model": "x.gguf", "runtime": "embedded"}
    filing, chat = FilingSettings.model_validate(own), ChatSettings.model_validate(own)
    settings = Settings(chat_first=False, filing=filing, chat=chat)

    # when
    lanes = resolve_lanes(settings)
    one = measured_lanes(settings, "one")

    # then
    assert one["filing"] is one["chat"]
    assert one["chat"].threads == max(
        lanes["chat"].threads, min(usable_cores(), lanes["filing"].threads + lanes["chat"].threads)
    )


class Mumbling(FakeOllama):
    """An Ollama whose model never answers what it is asked to choose."""

    def answer(self, exchange: Exchange) -> None:
        if exchange.seen.body.get("logprobs"):
            self.tricks.append("no logprobs")
        super().answer(exchange)


def test_a_paper_that_the_model_gave_no_answer_for_is_filed_without_it(tmp_path: Path) -> None:
    # given
    with Mumbling() as server:
        filing = FilingSettings(model=GENERATES, runtime="ollama", url=server.url)
        users = Settings(
            filing=filing,
            chat=ChatSettings(runtime="scripted"),
            embedding=EmbeddingSettings(runtime="off"),
        )
        measured = measured_settings(users, "two", tmp_path, quick=True, workers=0)
        impatient = measured.model_copy(update={"max_attempts": 1})

        # when
        with closing(Rig(impatient, "two", tmp_path, serial=7, memos=0)) as rig:
            rig.start()
            seconds = rig.file(rig.unsure(3))

            # then the two that warmed it up and these three have a category, though not by the model
            assert seconds > 0
            assert (rig.given_up, rig.filed, rig.waiting) == (0, 5, 0)
            assert (rig.asked_model(), rig.lost()) == (0, 0)
            assert rig.file([]) == 0.0
