package dev.muster.client.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.muster.client.Claim;
import dev.muster.client.FakeMuster;
import dev.muster.client.FakeMuster.Reply;
import dev.muster.client.MusterClient;
import dev.muster.client.Report;
import dev.muster.client.Retry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

class MessageStreamTest {
  private static final int LINE = 16 * 1024;
  private static final Duration NEVER = Duration.ofHours(1);

  @TempDir private Path spool;
  private final FakeMuster muster = FakeMuster.start();
  private final MusterClient client = new MusterClient(muster.url(), "mul_token");
  private final AtomicBoolean fenced = new AtomicBoolean();

  @AfterEach
  void stop() {
    client.close();
    muster.close();
  }

  private MessageStream stream(Duration batch) {
    return stream(batch, NEVER);
  }

  private MessageStream stream(Duration batch, Duration patience) {
    var pace = new RuntimeOptions.Pace(NEVER, batch, NEVER, NEVER, NEVER, soon());
    return MessageStream.start(
        client, new Claim("task-a", 3), pace, patience, () -> fenced.set(true));
  }

  /// What a run does at its end.
  private void end(MessageStream stream) throws Exception {
    var done = new Report.Complete("done", new Report.Session("", ""));
    var reports = new Reports(client, ReportSpool.open(spool), soon());
    reports.send(new ReportSpool.Entry(new Claim("task-a", 3), done, stream.end()));
  }

  private static Retry soon() {
    return new Retry(Duration.ofMillis(1), Duration.ofMillis(5), new SplittableRandom(1));
  }

  private List<List<JsonNode>> batches() {
    return muster.calls("messages").stream()
        .map(call -> call.body().path("messages").valueStream().toList())
        .toList();
  }

  private List<Long> numbers() {
    return batches().stream().flatMap(List::stream).map(m -> m.path("seq").asLong()).toList();
  }

  private static List<Long> upTo(long last) {
    return LongStream.rangeClosed(1, last).boxed().toList();
  }

  @Test
  void lines_that_come_together_go_together() throws Exception {
    var stream = stream(NEVER);
    stream.add("text", "one", false);
    stream.add("error", "two", false);
    stream.add("text", "", false);

    end(stream);

    assertThat(batches()).hasSize(1);
    assertThat(batches().getFirst().toString())
        .isEqualTo(
            "[{\"seq\":1,\"type\":\"text\",\"content\":\"one\"}, {\"seq\":2,\"type\":\"error\",\"content\":\"two\"}, {\"seq\":3,\"type\":\"text\",\"content\":\"\"}]");
  }

  @Test
  void the_beginning_of_a_line_says_that_it_goes_on() throws Exception {
    var stream = stream(NEVER);
    stream.add("text", "Password: ", true);

    end(stream);

    assertThat(batches().getFirst().getFirst().path("input").toString())
        .isEqualTo("{\"unfinished\":true}");
  }

  @Test
  void a_line_is_sent_when_it_has_waited_long_enough() {
    var stream = stream(Duration.ofMillis(20));

    stream.add("text", "alone", false);

    await().until(() -> numbers().equals(upTo(1)));
    stream.stop();
  }

  @Test
  void a_batch_is_sent_when_it_is_large_enough() {
    var stream = stream(NEVER);

    for (var i = 0; i < 10; i++) {
      stream.add("text", "x".repeat(LINE), false);
    }

    await().until(() -> numbers().size() >= 4);
    assertThat(batches().getFirst()).hasSizeLessThanOrEqualTo(4);
    stream.stop();
  }

  @Test
  void no_call_carries_more_than_is_allowed_and_the_numbers_are_dense() throws Exception {
    var stream = stream(NEVER);
    for (var i = 0; i < 3_000; i++) {
      stream.add("text", "short", false);
    }

    end(stream);

    assertThat(batches()).allMatch(batch -> batch.size() <= 500);
    assertThat(numbers()).isEqualTo(upTo(3_000));
  }

  @Test
  void a_batch_that_was_not_answered_is_sent_again_as_it_was() throws Exception {
    muster.script("messages", new Reply.Lost(), Reply.status(503));
    var stream = stream(NEVER);
    stream.add("text", "one", false);

    end(stream);

    assertThat(batches()).hasSize(3);
    assertThat(batches()).containsOnly(batches().getFirst());
  }

  @Test
  void a_server_without_messages_is_not_asked_again() throws Exception {
    muster.forget("messages");
    var stream = stream(Duration.ofMillis(1));
    stream.add("text", "one", false);
    await().until(() -> batches().size() == 1);
    stream.add("text", "two", false);

    end(stream);

    assertThat(batches()).hasSize(1);
    assertThat(fenced).isFalse();
  }

  @Test
  void the_end_of_the_claim_is_told() {
    muster.script("messages", Reply.fenced());
    var stream = stream(Duration.ofMillis(1));

    stream.add("text", "one", false);

    await().untilTrue(fenced);
  }

  @Test
  void whoever_says_more_than_fits_waits_for_the_server() throws Exception {
    var stream = stream(NEVER);
    for (var i = 0; i < 500; i++) {
      stream.add("text", "x".repeat(LINE), false);
    }

    end(stream);

    assertThat(numbers()).isEqualTo(upTo(500));
  }

  @Test
  void what_does_not_fit_is_left_out_and_counted_where_the_server_takes_nothing() throws Exception {
    muster.script("messages", new Reply.Dead());
    var open = new java.util.concurrent.CountDownLatch(1);
    muster.when(
        "messages",
        () -> {
          try {
            open.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
    var stream = stream(NEVER, Duration.ofMillis(20));
    for (var i = 0; i < 200; i++) {
      stream.add("text", "x".repeat(LINE), false);
    }
    open.countDown();

    end(stream);

    var sent = batches().stream().skip(1).flatMap(List::stream).toList();
    assertThat(sent.stream().map(m -> m.path("seq").asLong()).toList())
        .isEqualTo(upTo(sent.size()));
    assertThat(sent.size()).isBetween(60, 80);
    var notes =
        sent.stream()
            .map(m -> m.path("content").asString())
            .filter(line -> line.endsWith(" lines left out]"))
            .mapToInt(line -> Integer.parseInt(line.substring(1, line.indexOf(' '))))
            .toArray();
    assertThat(notes).isNotEmpty();
    assertThat(IntStream.of(notes).sum()).isEqualTo(200 - (sent.size() - notes.length));
  }
}
