package dev.muster.events.feed;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.muster.events.trace.TraceContext;
import dev.muster.events.trace.Traces;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.kafka.clients.producer.ProducerRecord;

/// The spans of the events of a batch that are about traced tasks, each from where its task came
/// from. The record is told both: the span of the sending in `traceparent`, which is the
/// transport's, and where the task came from in `ce_traceparent`, the extension of CloudEvents for
/// it.
final class SendSpans implements AutoCloseable {
  private static final String EXTENSION = "ce_";

  private final Traces traces;
  private final Map<UUID, TraceContext> tasks;
  private final List<Span> open = new ArrayList<>();
  private boolean isSent;

  SendSpans(Traces traces, TaskTraces from, List<FeedLog.Entry> batch) {
    this.traces = traces;
    this.tasks =
        from.of(
            batch.stream()
                .filter(entry -> entry.event().isTask())
                .map(entry -> entry.event().subject())
                .distinct()
                .toList());
  }

  /// Begins the span of an event that is about to be sent, if it has one.
  void begin(FeedLog.Entry entry, ProducerRecord<byte[], byte[]> record) {
    var event = entry.event();
    var task = tasks.get(event.subject());
    if (task == null) {
      return;
    }
    var parent = task.asParent();
    var id = event.workspace() + ":" + event.position();
    var span =
        traces
            .span("send " + record.topic(), SpanKind.PRODUCER, parent)
            .setAttribute("messaging.system", "kafka")
            .setAttribute("messaging.operation.name", "send")
            .setAttribute("messaging.operation.type", "send")
            .setAttribute("messaging.destination.name", record.topic())
            .setAttribute("messaging.destination.partition.id", record.partition().toString())
            .setAttribute("messaging.kafka.message.key", event.workspace().toString())
            .setAttribute("messaging.message.id", id)
            .setAttribute("cloudevents.event_id", id)
            .setAttribute("cloudevents.event_type", "dev.muster." + event.name())
            .setAttribute("muster.task.id", event.subject().toString())
            .startSpan();
    open.add(span);
    var headers = record.headers();
    TraceContext.of(parent.with(span))
        .ifPresent(sent -> sent.tell((name, value) -> headers.add(name, value.getBytes(UTF_8))));
    task.tell((name, value) -> headers.add(EXTENSION + name, value.getBytes(UTF_8)));
  }

  /// All of the batch is there.
  void sent() {
    isSent = true;
  }

  @Override
  public void close() {
    for (var span : open) {
      if (!isSent) {
        span.setStatus(StatusCode.ERROR, "the batch was not committed");
      }
      span.end();
    }
  }
}
