"""Spans: what happened within one request or job, sent to an OpenTelemetry endpoint where one is set."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from typing import TYPE_CHECKING, Any, Protocol

from twolane import trace
from twolane.errors import SettingsError
from twolane.installed import install_line

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.trace import Span as OtelSpan

Value = str | int | float | bool

# The end of the program must not wait long for a collector that does not answer.
_SEND_S = 2.0


class Span(Protocol):
    """One step that is being timed."""

    def set(self, name: str, value: Value) -> None:
        """Set an attribute; never the text of a document, a question or an answer."""

    def event(self, name: str) -> None:
        """Record an event with the current time."""

    def fail(self, error: str) -> None:
        """Mark it as failed, with the kind of error."""

    def end(self) -> None:
        """End it."""


class Tracer(Protocol):
    """Makes spans; safe to use from several threads."""

    def start(self, name: str, **about: Value) -> Span:
        """Begin a span under the current one; it does not become the current one, and must be ended."""

    def within(
        self, name: str, headers: Mapping[str, str] | None = None, **about: Value
    ) -> AbstractContextManager[Span]:
        """Run a block as the current span; `headers` may name its parent, a span of another program."""

    def close(self) -> None:
        """Send what was not sent yet."""


class NoSpan:
    """Obeys `Span` and does nothing."""

    def set(self, name: str, value: Value) -> None:
        """Do nothing."""

    def event(self, name: str) -> None:
        """Do nothing."""

    def fail(self, error: str) -> None:
        """Do nothing."""

    def end(self) -> None:
        """Do nothing."""


class NoTracer:
    """Obeys `Tracer` where no endpoint is set: nothing is imported, kept or sent."""

    _SPAN = NoSpan()

    def start(self, name: str, **about: Value) -> Span:  # noqa: ARG002 - the port's signature
        return self._SPAN

    @contextmanager
    def within(
        self,
        name: str,  # noqa: ARG002 - the port's signature
        headers: Mapping[str, str] | None = None,  # noqa: ARG002
        **about: Value,  # noqa: ARG002
    ) -> Iterator[Span]:
        yield self._SPAN

    def close(self) -> None:
        """Do nothing."""


class OtelTracer:
    """Obeys `Tracer` with OpenTelemetry: spans are gathered and sent in the background as OTLP over HTTP.

    Nothing global is set: two apps in one process may send to two endpoints. Where the collector does not
    answer, the spans are lost and the log has a line.
    """

    def __init__(self, endpoint: str, service: str, version: str) -> None:
        self._provider = _provider(endpoint, service, version)
        self._tracer = self._provider.get_tracer("twolane", version)

    def start(self, name: str, **about: Value) -> Span:
        return _OtelSpan(self._tracer.start_span(name, attributes=_attributes(about)))

    @contextmanager
    def within(self, name: str, headers: Mapping[str, str] | None = None, **about: Value) -> Iterator[Span]:
        from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

        above = TraceContextTextMapPropagator().extract(dict(headers)) if headers else None
        with self._tracer.start_as_current_span(
            name, above, attributes=_attributes(about), record_exception=False, set_status_on_exception=False
        ) as span:
            wrapped = _OtelSpan(span)
            try:
                yield wrapped
            except BaseException as error:
                wrapped.fail(type(error).__name__)
                raise

    def close(self) -> None:
        self._provider.shutdown()


class _OtelSpan:
    """Obeys `Span`."""

    def __init__(self, span: OtelSpan) -> None:
        self._span = span

    def set(self, name: str, value: Value) -> None:
        self._span.set_attribute(f"twolane.{name}", value)

    def event(self, name: str) -> None:
        self._span.add_event(name)

    def fail(self, error: str) -> None:
        from opentelemetry.trace import StatusCode

        self._span.set_attribute("error.type", error)
        self._span.set_status(StatusCode.ERROR)

    def end(self) -> None:
        self._span.end()


def open_tracer(endpoint: str, service: str, version: str) -> Tracer:
    """Return the tracer. Raises `SettingsError` where an endpoint is set without the extra for it."""
    return OtelTracer(endpoint, service, version) if endpoint else NoTracer()


def _provider(endpoint: str, service: str, version: str) -> TracerProvider:
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
    except ImportError:
        raise SettingsError(
            f"spans for {endpoint} need a part of twolane that is not installed",
            f"run: {install_line('otel')}, or leave telemetry.otlp_endpoint empty",
        ) from None
    resource = Resource({"service.name": service, "service.version": version})
    provider = TracerProvider(resource=resource, shutdown_on_exit=False)
    path = "" if endpoint.endswith("/v1/traces") else "/v1/traces"
    exporter = OTLPSpanExporter(endpoint=endpoint.rstrip("/") + path, timeout=_SEND_S)
    provider.add_span_processor(BatchSpanProcessor(exporter))
    return provider


def _attributes(about: Mapping[str, Value]) -> dict[str, Any]:
    """Return the span's attributes under their full names, with the id of the request or the job."""
    now = trace.current()
    ids = {"request_id": now.request_id, "job_id": now.job_id, "file_id": now.file_id}
    present = {name: value for name, value in ids.items() if value}
    return {f"twolane.{name}": value for name, value in {**present, **about}.items()}
