"""Where spans go: to an OTLP receiver. Loaded only where one is named: it is a tenth of what a process loads."""

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor

from pinboard import tracing


def hand_to(processor: SpanProcessor) -> None:
    """Collect spans from now on, for `processor` to send."""
    provider = TracerProvider(resource=Resource.create({"service.name": "pinboard"}))
    provider.add_span_processor(processor)
    tracing.collect(provider)


def send_to(endpoint: str) -> None:
    """Collect spans and send them to an OTLP receiver, such as `http://127.0.0.1:4318`.

    Called in the process that serves: the sender is a thread, which a fork would end.
    """
    hand_to(BatchSpanProcessor(OTLPSpanExporter(f"{endpoint.rstrip('/')}/v1/traces")))
