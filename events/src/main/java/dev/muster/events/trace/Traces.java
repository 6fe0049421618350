package dev.muster.events.trace;

import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import org.jspecify.annotations.Nullable;

/// Makes spans. There is none where nothing is exported.
public final class Traces {
  private final Tracer tracer;

  Traces(OpenTelemetry telemetry) {
    this.tracer = telemetry.getTracer("dev.muster");
  }

  /// A span to be started.
  public SpanBuilder span(String name, SpanKind kind, Context parent) {
    return tracer.spanBuilder(name).setSpanKind(kind).setParent(parent);
  }

  /// What this thread is at; null where that is not traced, or no traces are made.
  public static @Nullable TraceContext current(@Nullable Traces traces) {
    return traces == null ? null : TraceContext.of(Context.current()).orElse(null);
  }
}
