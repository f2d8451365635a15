"""Warming the chat lane loads what it searches with, and does without where that is missing."""

from __future__ import annotations

from pathlib import Path

from standins.models import embedding_model

from twolane.app import App
from twolane.config.loading import load_settings


def opened(data_dir: Path, models_dir: Path) -> App:
    flags = {"chat.runtime": "scripted", "chat.model": "large", "data_dir": str(data_dir)}
    return App(load_settings(flags=flags | {"models_dir": str(models_dir)}, env={}))


def test_the_embedding_model_is_loaded_with_chats(tmp_path: Path) -> None:
    # given
    models_dir, _ = embedding_model()
    with opened(tmp_path, models_dir) as app:
        # when
        app.warm("chat")

        # then
        assert app.models.embedding_runtime().health().loaded


def test_chat_is_warmed_where_the_embedding_model_is_missing(tmp_path: Path) -> None:
    with opened(tmp_path / "library", tmp_path / "models") as app:
        # when
        app.warm("chat")

        # then
        assert not app.models.embedding_runtime().health().loaded
