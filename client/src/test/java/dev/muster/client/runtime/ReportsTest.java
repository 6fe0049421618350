package dev.muster.client.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.muster.client.Answer;
import dev.muster.client.Claim;
import dev.muster.client.FakeMuster;
import dev.muster.client.FakeMuster.Reply;
import dev.muster.client.Message;
import dev.muster.client.MusterClient;
import dev.muster.client.Report;
import dev.muster.client.Retry;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A process that dies anywhere between the end of a run and the server's word about it.
class ReportsTest {
  private static final ReportSpool.Entry DONE =
      new ReportSpool.Entry(
          new Claim("task-a", 3),
          new Report.Complete("done", new Report.Session("", "")),
          List.of());

  @TempDir private Path directory;
  private final FakeMuster muster = FakeMuster.start();
  private final MusterClient client = new MusterClient(muster.url(), "mul_token");

  @AfterEach
  void stop() {
    client.close();
    muster.close();
  }

  private ReportSpool spool() throws IOException {
    return ReportSpool.open(directory);
  }

  /// What a process that has just been started has.
  private Reports process() throws IOException {
    var soon = new Retry(Duration.ofMillis(1), Duration.ofMillis(5), new SplittableRandom(1));
    return new Reports(client, spool(), soon);
  }

  @Test
  void death_before_the_first_sending_delays_the_report() throws Exception {
    process().keep(DONE);

    assertThat(process().replay()).isEqualTo(1);

    assertThat(muster.state("task-a")).isEqualTo("completed");
    assertThat(muster.calls("complete").getFirst().header("Claim-Generation")).isEqualTo("3");
    assertThat(spool().isEmpty()).isTrue();
  }

  @Test
  void what_was_said_last_goes_out_before_the_report_however_long_the_server_is_away()
      throws Exception {
    var lines = IntStream.rangeClosed(1, 700).mapToObj(i -> new Message(i, "text", "l")).toList();
    var entry = new ReportSpool.Entry(DONE.claim(), DONE.report(), lines);
    process().keep(entry);
    muster.script("messages", Collections.nCopies(8, new Reply.Dead()).toArray(Reply[]::new));
    muster.script("status", Reply.status(503), Reply.status(503));

    var before = new CopyOnWriteArrayList<Integer>();
    muster.when("complete", () -> before.add(muster.calls("messages").size()));

    process().replay();

    assertThat(before).containsExactly(8 + 2);
    var last = muster.calls("messages").getLast().body().path("messages");
    assertThat(last.size()).isEqualTo(200);
    assertThat(last.path(199).path("seq").asInt()).isEqualTo(700);
    assertThat(spool().isEmpty()).isTrue();
  }

  @Test
  void a_server_that_takes_no_messages_has_the_report_nevertheless() throws Exception {
    var entry =
        new ReportSpool.Entry(DONE.claim(), DONE.report(), List.of(new Message(1, "text", "last")));
    muster.script("messages", Collections.nCopies(50, Reply.status(500)).toArray(Reply[]::new));

    process().send(entry);

    assertThat(muster.state("task-a")).isEqualTo("completed");
    assertThat(muster.calls("messages")).hasSize(3);
  }

  @Test
  void death_while_the_report_is_on_its_way_has_it_sent_again() throws Exception {
    muster.script("complete", new Reply.Dead(), new Reply.Dead());
    var dying = process();
    dying.keep(DONE);
    var thread =
        Thread.ofVirtual()
            .start(() -> {
              try {
                dying.send(DONE);
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            });
    muster.when("complete", thread::interrupt);
    thread.join();
    assertThat(spool().entries()).containsExactly(DONE);
    muster.when("complete", () -> {});

    process().replay();

    assertThat(muster.state("task-a")).isEqualTo("completed");
    assertThat(spool().isEmpty()).isTrue();
  }

  @Test
  void a_report_whose_answer_was_lost_is_sent_again_and_changes_nothing() throws Exception {
    muster.script("complete", new Reply.Lost(), Reply.status(503), new Reply.Lost());
    var reports = process();
    reports.keep(DONE);

    assertThat(reports.send(DONE)).isInstanceOf(Answer.Accepted.class);

    assertThat(muster.calls("complete")).hasSize(4);
    assertThat(spool().isEmpty()).isTrue();
  }

  @Test
  void death_between_the_answer_and_the_removal_is_one_more_repetition() throws Exception {
    muster.end("task-a", "completed");
    process().keep(DONE);

    process().replay();

    assertThat(spool().isEmpty()).isTrue();
  }

  @Test
  void a_report_stays_on_the_disk_until_the_server_has_decided() throws Exception {
    muster.script("complete", Reply.status(500), Reply.status(429));
    var kept = new java.util.concurrent.CopyOnWriteArrayList<ReportSpool.Entry>();
    muster.when(
        "complete",
        () -> {
          try {
            kept.addAll(spool().entries());
          } catch (IOException e) {
            throw new IllegalStateException(e);
          }
        });
    var reports = process();
    reports.keep(DONE);

    reports.send(DONE);

    await().untilAsserted(() -> assertThat(kept).containsExactly(DONE, DONE, DONE));
  }

  @Test
  void a_refusal_is_the_last_word() throws Exception {
    muster.script("complete", Reply.status(400), Reply.fenced());
    var reports = process();
    reports.keep(DONE);
    reports.send(DONE);
    assertThat(spool().isEmpty()).isTrue();

    reports.keep(DONE);
    reports.send(DONE);

    assertThat(spool().isEmpty()).isTrue();
    assertThat(muster.calls("complete")).hasSize(2);
  }

  @Test
  void a_wrong_token_loses_no_report() throws Exception {
    muster.script("complete", Reply.status(401));
    var reports = process();
    reports.keep(DONE);

    assertThatThrownBy(reports::replay)
        .isInstanceOf(RuntimeRefused.class)
        .hasMessageContaining("MUSTER_TOKEN");
    assertThat(spool().entries()).containsExactly(DONE);
  }
}
