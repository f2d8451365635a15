"""Spans: nothing without an endpoint, an install line without the extra, and the standard variable."""

from __future__ import annotations

import sys

import pytest
from tests.support.otlp_receiver import OtlpReceiver, attributes

from twolane.config.loading import load_settings
from twolane.errors import SettingsError
from twolane.telemetry.spans import NoTracer, open_tracer
from twolane.trace import Trace, working_for


def test_without_an_endpoint_there_are_no_spans() -> None:
    assert isinstance(open_tracer("", "twolane", "1"), NoTracer)


def test_a_missing_extra_names_the_install_line(monkeypatch: pytest.MonkeyPatch) -> None:
    # given
    monkeypatch.setitem(sys.modules, "opentelemetry.sdk.trace", None)

    # when
    with pytest.raises(SettingsError) as raised:
        open_tracer("http://127.0.0.1:4318", "twolane", "1")

    # then
    assert "pip install 'twolane[otel]'" in raised.value.remedy


def test_the_standard_variable_is_the_setting() -> None:
    # when
    settings = load_settings(env={"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:4318"})

    # then
    assert settings.telemetry.otlp_endpoint == "http://127.0.0.1:4318"


def test_a_failure_is_marked_and_its_words_are_not_sent() -> None:
    # given
    with OtlpReceiver() as collector:
        tracer = open_tracer(collector.url, "lane", "1")

        # when
        with working_for(Trace("abc-1", job_id=7)):
            with pytest.raises(ValueError, match="secret"), tracer.within("job read", kind="read"):
                raise ValueError("secret words")
        tracer.close()

        # then
        [span] = collector.named("job read")
        assert attributes(span)["error.type"] == "ValueError"
        assert attributes(span)["twolane.request_id"] == "abc-1"
        assert attributes(span)["twolane.job_id"] == 7
        assert span.status.code == 2
        assert b"secret" not in collector.raw
        assert collector.services == {"lane"}
