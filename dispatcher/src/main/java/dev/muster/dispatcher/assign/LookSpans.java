package dev.muster.dispatcher.assign;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.muster.events.FeedNames;
import dev.muster.events.id.WorkspaceId;
import dev.muster.events.trace.OnTraces;
import dev.muster.events.trace.TraceContext;
import dev.muster.events.trace.Traces;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.context.Context;
import java.util.List;
import java.util.Objects;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/// The spans of what the feed's consumer does for records about traced tasks: one for a look at a
/// workspace, whose parent is the first of the records and which is linked to the others.
@Component
@OnTraces
class LookSpans {
  private final Traces traces;
  private final String group;

  LookSpans(Traces traces, FeedNames names) {
    this.traces = traces;
    this.group = names.dispatchers();
  }

  /// Looks at a workspace for the records of a batch.
  void during(WorkspaceId workspace, List<ConsumerRecord<byte[], byte[]>> batch, Runnable look) {
    var reasons = batch.stream().filter(record -> isReason(record, workspace)).toList();
    if (reasons.isEmpty()) {
      look.run();
      return;
    }
    var span = start(workspace, reasons);
    try (var _ = span.makeCurrent()) {
      look.run();
    } finally {
      span.end();
    }
  }

  private static boolean isReason(ConsumerRecord<byte[], byte[]> record, WorkspaceId workspace) {
    return header(record, TraceContext.PARENT) != null
        && record.key() != null
        && workspace.toString().equals(new String(record.key(), UTF_8))
        && FeedConsumer.REASONS_TO_LOOK.contains(
            Objects.requireNonNullElse(header(record, "ce_type"), ""));
  }

  private Span start(WorkspaceId workspace, List<ConsumerRecord<byte[], byte[]>> reasons) {
    var topic = reasons.getFirst().topic();
    var builder =
        traces
            .span("process " + topic, SpanKind.CONSUMER, sentBy(reasons.getFirst()))
            .setAttribute("messaging.system", "kafka")
            .setAttribute("messaging.operation.name", "process")
            .setAttribute("messaging.operation.type", "process")
            .setAttribute("messaging.destination.name", topic)
            .setAttribute("messaging.consumer.group.name", group)
            .setAttribute("muster.workspace.id", workspace.toString());
    if (reasons.size() > 1) {
      builder.setAttribute("messaging.batch.message_count", reasons.size());
      reasons.stream()
          .skip(1)
          .forEach(record -> builder.addLink(Span.fromContext(sentBy(record)).getSpanContext()));
    }
    return builder.startSpan();
  }

  private static Context sentBy(ConsumerRecord<byte[], byte[]> record) {
    return TraceContext.parent(name -> header(record, name));
  }

  private static @Nullable String header(ConsumerRecord<byte[], byte[]> record, String name) {
    var header = record.headers().lastHeader(name);
    return header == null ? null : new String(header.value(), UTF_8);
  }
}
