"""Opens the place where a lane's models are kept."""

from __future__ import annotations

from pathlib import Path

from twolane.config.lane_settings import LaneSettings
from twolane.llm.base import ModelStock


def open_stock(lane: LaneSettings, models_dir: Path) -> ModelStock:
    """Open the place where the models of a lane's runtime are kept, at its one address.

    Nothing is asked before its first call. A stand-in for tests has what twolane's own folder has.
    """
    if lane.runtime == "ollama":
        from twolane.llm.stock.ollama import OllamaStock

        return OllamaStock(lane)
    if lane.runtime == "openai":
        from twolane.llm.stock.served import ServedStock

        return ServedStock(lane)
    from twolane.llm.stock.own import OwnStock

    return OwnStock(models_dir)
