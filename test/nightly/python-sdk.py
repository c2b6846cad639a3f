"""Sends traces, logs and metrics with OpenTelemetry's SDK for Python, and prints what it sent as JSON.

python-sdk.py http/protobuf http://127.0.0.1:4318
python-sdk.py grpc http://127.0.0.1:4317
"""

import json
import sys
import time

from opentelemetry import trace
from opentelemetry._logs import LogRecord, SeverityNumber
from opentelemetry.sdk._logs import LoggerProvider
from opentelemetry.sdk._logs.export import BatchLogRecordProcessor
from opentelemetry.sdk.metrics import Histogram, MeterProvider
from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader
from opentelemetry.sdk.metrics.view import ExponentialBucketHistogramAggregation, View
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor

RUNS = 200
ATTRIBUTES = {"text": "schöne Grüße", "whole": 42, "part": 0.5, "yes": True, "list": ["a", "b"]}
RESOURCE = Resource.create({"service.name": "python-agent"})


def main(protocol, endpoint):
    span_exporter, log_exporter, metric_exporter = exporters(protocol, endpoint)
    sent = {
        "spans": send_spans(span_exporter),
        "logRecords": send_log_records(log_exporter),
        "metrics": send_metrics(metric_exporter),
    }
    print(json.dumps(sent))


def exporters(protocol, endpoint):
    if protocol == "grpc":
        from opentelemetry.exporter.otlp.proto.grpc._log_exporter import OTLPLogExporter
        from opentelemetry.exporter.otlp.proto.grpc.metric_exporter import OTLPMetricExporter
        from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter

        to = {"endpoint": endpoint, "insecure": True}
        return OTLPSpanExporter(**to), OTLPLogExporter(**to), OTLPMetricExporter(**to)
    from opentelemetry.exporter.otlp.proto.http._log_exporter import OTLPLogExporter
    from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter

    return (
        OTLPSpanExporter(endpoint=f"{endpoint}/v1/traces"),
        OTLPLogExporter(endpoint=f"{endpoint}/v1/logs"),
        OTLPMetricExporter(endpoint=f"{endpoint}/v1/metrics"),
    )


def send_spans(exporter):
    provider = TracerProvider(resource=RESOURCE)
    provider.add_span_processor(BatchSpanProcessor(exporter))
    tracer = provider.get_tracer("interop", "1.2.3", "https://example.com/schema")
    ids = []
    for _ in range(RUNS):
        with tracer.start_as_current_span("invoke_agent python-agent", attributes=ATTRIBUTES) as root:
            with tracer.start_as_current_span("chat gpt-5", kind=trace.SpanKind.CLIENT) as child:
                child.add_event("retry", {"attempt": 2})
                child.set_status(trace.StatusCode.ERROR, "boom")
        for span in (root, child):
            context = span.get_span_context()
            ids.append([f"{context.trace_id:032x}", f"{context.span_id:016x}"])
    provider.shutdown()
    return ids


def send_log_records(exporter):
    provider = LoggerProvider(resource=RESOURCE)
    provider.add_log_record_processor(BatchLogRecordProcessor(exporter))
    logger = provider.get_logger("interop", "1.2.3")
    for nth in range(RUNS):
        record = LogRecord(
            timestamp=time.time_ns(),
            severity_number=SeverityNumber.INFO,
            severity_text="INFO",
            body={"nth": nth, "nested": [True, "x"]},
            attributes=ATTRIBUTES,
            event_name="gen_ai.evaluation.result",
        )
        logger.emit(record)
    provider.shutdown()
    return RUNS


def send_metrics(exporter):
    exponential = View(
        instrument_type=Histogram,
        instrument_name="exponential",
        aggregation=ExponentialBucketHistogramAggregation(),
    )
    reader = PeriodicExportingMetricReader(exporter, export_interval_millis=3_600_000)
    provider = MeterProvider([reader], resource=RESOURCE, views=[exponential])
    meter = provider.get_meter("interop", "1.2.3")
    meter.create_counter("tokens", unit="{token}").add(12, ATTRIBUTES)
    meter.create_up_down_counter("open").add(-3)
    meter.create_gauge("load").set(0.25)
    for name in ("explicit", "exponential"):
        histogram = meter.create_histogram(name, unit="s")
        for seconds in (0.1, 0.2, 7):
            histogram.record(seconds)
    provider.shutdown()
    return ["exponential", "explicit", "load", "open", "tokens"]


main(*sys.argv[1:])
