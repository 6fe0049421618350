package dev.muster.events.trace;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// A span as others are told of it: W3C Trace Context.
///
/// @param parent as in the header `traceparent`
/// @param state as in the header `tracestate`; null without one
public record TraceContext(String parent, @Nullable String state) {
  public static final String PARENT = "traceparent";
  public static final String STATE = "tracestate";

  private static final W3CTraceContextPropagator W3C = W3CTraceContextPropagator.getInstance();

  /// Reads the headers of a message or request.
  private record Headers(Function<String, @Nullable String> of) {}

  private static final TextMapGetter<Headers> GETTER =
      new TextMapGetter<>() {
        @Override
        public Iterable<String> keys(Headers headers) {
          return List.of(PARENT, STATE);
        }

        @Override
        public @Nullable String get(@Nullable Headers headers, String name) {
          return headers == null ? null : headers.of().apply(name);
        }
      };

  /// What the headers tell; a root where they tell nothing, or nothing that can be read.
  public static Context parent(Function<String, @Nullable String> headers) {
    return W3C.extract(Context.root(), new Headers(headers), GETTER);
  }

  /// The span of the context; empty where there is none, or it is not kept.
  public static Optional<TraceContext> of(Context context) {
    var span = Span.fromContext(context).getSpanContext();
    return span.isSampled() ? Optional.of(of(context, span)) : Optional.empty();
  }

  private static TraceContext of(Context context, SpanContext span) {
    var parent =
        "00-%s-%s-%s".formatted(span.getTraceId(), span.getSpanId(), span.getTraceFlags().asHex());
    var state = new String[1];
    W3C.inject(
        context,
        state,
        (into, name, value) -> {
          if (into != null && name.equals(STATE)) {
            into[0] = value;
          }
        });
    return new TraceContext(parent, state[0]);
  }

  /// As the parent of a span.
  public Context asParent() {
    return parent(name -> name.equals(PARENT) ? parent : state);
  }

  /// Names and values of its headers.
  public void tell(BiConsumer<String, String> header) {
    header.accept(PARENT, parent);
    if (state != null) {
      header.accept(STATE, state);
    }
  }
}
