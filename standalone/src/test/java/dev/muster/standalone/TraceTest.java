package dev.muster.standalone;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.muster.client.runtime.CommandRuntime;
import dev.muster.client.runtime.RuntimeOptions;
import dev.muster.events.FeedNames;
import dev.muster.standalone.OtlpReceiver.Seen;
import io.opentelemetry.proto.trace.v1.Span.SpanKind;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A task's life as a collector is told of it. On a broker of its own, since only one publisher
/// writes the topic, and that of the other tests exports nothing.
class TraceTest {
  private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
  private static final String CALLER = "00f067aa0ba902b7";

  private @TempDir Path directory = Path.of("");

  @Test
  void withoutAnEndpointThereIsNothingThatMakesSpans() {
    var made =
        TestMuster.get().beanClasses().stream()
            .filter(name ->
                name.startsWith("io.opentelemetry.")
                    || name.startsWith("io.micrometer.tracing.")
                    || name.startsWith("io.micrometer.registry.otlp.")
                    || name.startsWith("org.springframework.boot.opentelemetry.")
                    || name.startsWith("org.springframework.boot.micrometer.tracing.")
                    || name.startsWith("dev.muster.events.trace.")
                    || name.startsWith("dev.muster.api.trace.")
                    || name.endsWith("Spans"))
            .toList();

    assertThat(made).isEmpty();
  }

  @Test
  void aTaskIsOneTraceFromTheRequestThatMadeItToItsReport() throws Exception {
    var shared = TestServers.get().jdbcUrl();
    TestMuster.get().db().sql("CREATE DATABASE traced").update();
    var database = shared.replaceFirst("/[a-z]+\\?", "/traced?");
    assertThat(database).isNotEqualTo(shared);
    try (var collector = new OtlpReceiver();
        var broker = TestBroker.start(directory.resolve("kafka"), 0)) {
      String[] export = {
        "--management.opentelemetry.tracing.export.otlp.endpoint="
            + collector.endpoint()
            + "/v1/traces",
        "--management.opentelemetry.tracing.export.schedule-delay=200ms",
        "--management.otlp.metrics.export.url=" + collector.endpoint() + "/v1/metrics",
        "--management.otlp.metrics.export.step=1s",
        "--server.port=0"
      };
      try (var muster =
              Applications.api(database, broker.address(), TestMuster.OWNER_TOKEN, export);
          var _ = Applications.dispatcher(database, broker.address(), export)) {
        var api = new Api("http://localhost:" + Applications.port(muster), TestMuster.OWNER_TOKEN);

        var task = live(api);

        await()
            .atMost(Duration.ofSeconds(30))
            .untilAsserted(() -> assertSpans(collector.spans(TRACE), api, task));
        assertRecord(broker.address(), collector.spans(TRACE));
        await()
            .atMost(Duration.ofSeconds(30))
            .untilAsserted(() ->
                assertThat(collector.metrics())
                    .contains("muster.feed.head", "muster.tasks", "http.server.requests"));
      }
    }
  }

  /// Lets a task be made by a caller who is traced, and run by the reference runtime.
  private UUID live(Api api) throws Exception {
    var workspace = api.newWorkspace();
    var options =
        new RuntimeOptions(
            new RuntimeOptions.Server(URI.create(api.url()), TestMuster.OWNER_TOKEN),
            workspace.toString(),
            new RuntimeOptions.Identity("traced", "shell", Map.of(), 1),
            "echo \"from $TRACEPARENT\"",
            directory.resolve("work"),
            RuntimeOptions.Keep.standard(),
            RuntimeOptions.Pace.standard());
    try (var runtime = CommandRuntime.start(options, _ -> {})) {
      var agent = api.newAgent(workspace, UUID.fromString(runtime.id()), 1);
      var task =
          Api.id(
              api.post(
                      "/api/tasks?workspace_id=" + workspace,
                      "{\"title\":\"Work\",\"agent_id\":\"%s\"}".formatted(agent),
                      "traceparent",
                      "00-%s-%s-01".formatted(TRACE, CALLER),
                      "tracestate",
                      "vendor=1")
                  .ok());
      await().atMost(Duration.ofSeconds(30)).until(() -> api.status(task).equals("completed"));
      return task;
    }
  }

  private static void assertSpans(List<Seen> spans, Api api, UUID task) {
    var made = only(spans, named("POST /api/tasks"));
    assertThat(made.parent()).isEqualTo(CALLER);
    assertThat(made.service()).isEqualTo("muster-api");
    assertThat(made.span().getKind()).isEqualTo(SpanKind.SPAN_KIND_SERVER);
    assertThat(made.span().getTraceState()).isEqualTo("vendor=1");
    assertThat(made.attributes())
        .containsEntry("http.request.method", "POST")
        .containsEntry("http.route", "/api/tasks")
        .containsEntry("url.path", "/api/tasks")
        .containsEntry("http.response.status_code", 201L)
        .doesNotContainKey("url.query");

    for (var event : List.of("task.queued", "task.dispatched", "task.running", "task.completed")) {
      var sent = only(spans, sentOf(event));
      assertThat(sent.parent()).as(event).isEqualTo(made.id());
      assertThat(sent.span().getName()).isEqualTo("send muster.events");
      assertThat(sent.attributes())
          .containsEntry("messaging.system", "kafka")
          .containsEntry("messaging.operation.type", "send")
          .containsEntry("messaging.destination.name", "muster.events")
          .containsEntry("muster.task.id", task.toString());
    }

    var processed =
        only(
            spans,
            named("process muster.events")
                .and(span -> span.parent().equals(only(spans, sentOf("task.queued")).id())));
    assertThat(processed.service()).isEqualTo("muster-dispatcher");
    assertThat(processed.span().getKind()).isEqualTo(SpanKind.SPAN_KIND_CONSUMER);
    assertThat(processed.attributes())
        .containsEntry("messaging.consumer.group.name", "muster-dispatcher");

    var claimed = only(spans, named("claim task"));
    assertThat(claimed.parent()).isEqualTo(made.id());
    assertThat(claimed.span().getLinksCount()).isEqualTo(1);
    assertThat(claimed.attributes()).containsEntry("muster.attempt", 1L);
    assertThat(api.get("/api/tasks/" + task).ok().toString())
        .contains("from 00-%s-%s-01".formatted(TRACE, claimed.id()));
    for (var verb : List.of("start", "complete")) {
      var reported = only(spans, named("POST /api/daemon/tasks/{id}/" + verb));
      assertThat(reported.parent()).as(verb).isEqualTo(claimed.id());
    }
  }

  /// Where the task came from, and by which span it was sent.
  private static void assertRecord(String kafka, List<Seen> spans) {
    var queued = queued(kafka);
    var sent = only(spans, sentOf("task.queued"));
    assertThat(header(queued, "traceparent")).isEqualTo("00-%s-%s-01".formatted(TRACE, sent.id()));
    assertThat(header(queued, "tracestate")).isEqualTo("vendor=1");
    assertThat(header(queued, "ce_traceparent"))
        .isEqualTo("00-%s-%s-01".formatted(TRACE, sent.parent()));
  }

  private static ConsumerRecord<byte[], byte[]> queued(String kafka) {
    var bytes = new ByteArrayDeserializer();
    try (var consumer =
        new KafkaConsumer<>(
            Map.of("bootstrap.servers", kafka), bytes, new ByteArrayDeserializer())) {
      var partitions =
          consumer.partitionsFor(FeedNames.DEFAULT.events()).stream()
              .map(partition -> new TopicPartition(partition.topic(), partition.partition()))
              .toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      while (true) {
        for (var record : consumer.poll(Duration.ofSeconds(10))) {
          if (header(record, "ce_type").equals("dev.muster.task.queued")) {
            return record;
          }
        }
      }
    }
  }

  private static String header(ConsumerRecord<byte[], byte[]> record, String name) {
    var header = record.headers().lastHeader(name);
    return header == null ? "" : new String(header.value(), UTF_8);
  }

  private static Predicate<Seen> named(String name) {
    return span -> span.span().getName().equals(name);
  }

  private static Predicate<Seen> sentOf(String event) {
    return span ->
        span.span().getKind() == SpanKind.SPAN_KIND_PRODUCER
            && ("dev.muster." + event).equals(span.attributes().get("cloudevents.event_type"));
  }

  private static Seen only(List<Seen> spans, Predicate<Seen> wanted) {
    var found = spans.stream().filter(wanted).toList();
    assertThat(found).as("%s", spans.stream().map(s -> s.span().getName()).toList()).hasSize(1);
    return found.getFirst();
  }
}
