package dev.muster.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.client.FakeMuster.Reply;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class MusterClientTest {
  private static final Claim CLAIM = new Claim("0b1e0000-0000-4000-8000-000000000000", 4);
  private static final Report.Session NOWHERE = new Report.Session("", "");

  private final FakeMuster muster = FakeMuster.start();
  private final MusterClient client = new MusterClient(muster.url(), "mul_secret");

  @AfterEach
  void stop() {
    client.close();
    muster.close();
  }

  interface Write {
    Answer<?> make(MusterClient client) throws InterruptedException;
  }

  record Named(String verb, Write write) {
    @Override
    public String toString() {
      return verb;
    }
  }

  static Stream<Named> writes() {
    return Stream.of(
        new Named("prepare", client -> client.prepare(CLAIM)),
        new Named("start", client -> client.start(CLAIM)),
        new Named("progress", client -> client.progress(CLAIM, "half", 1, 2)),
        new Named(
            "messages", client -> client.messages(CLAIM, List.of(new Message(1, "text", "hello")))),
        new Named("session", client -> client.session(CLAIM, NOWHERE)),
        new Named(
            "usage",
            client ->
                client.usage(
                    CLAIM,
                    List.of(new Usage("p", "m", new Usage.Tokens(1, 2), new Usage.Tokens(3, 4))))),
        new Named("complete", client -> client.report(CLAIM, new Report.Complete("x", NOWHERE))),
        new Named(
            "fail",
            client ->
                client.report(CLAIM, new Report.Fail("x", Report.Reason.AGENT_ERROR, NOWHERE))),
        new Named("release", client -> client.release(CLAIM)),
        new Named("cancel-ack", client -> client.cancelAck(CLAIM)));
  }

  @ParameterizedTest
  @MethodSource("writes")
  void every_write_about_a_task_carries_its_claim_and_the_token(Named named)
      throws InterruptedException {
    assertThat(named.write().make(client)).isInstanceOf(Answer.Accepted.class);

    var call = muster.calls(named.verb()).getFirst();
    assertThat(call.path()).isEqualTo("/api/daemon/tasks/" + CLAIM.task() + "/" + named.verb());
    assertThat(call.header("Claim-Generation")).isEqualTo("4");
    assertThat(call.header("Authorization")).isEqualTo("Bearer mul_secret");
  }

  @ParameterizedTest
  @MethodSource("writes")
  void a_write_of_an_old_claim_is_fenced(Named named) throws InterruptedException {
    muster.script(named.verb(), Reply.fenced());

    assertThat(named.write().make(client)).isEqualTo(new Answer.Fenced<>(9, "queued"));
  }

  @ParameterizedTest
  @MethodSource("writes")
  void a_write_whose_answer_is_lost_decides_nothing(Named named) throws InterruptedException {
    muster.script(named.verb(), new Reply.Lost());

    assertThat(named.write().make(client)).isInstanceOf(Answer.NoAnswer.class);
  }

  @Test
  void a_report_about_a_task_that_ended_otherwise_is_late() throws InterruptedException {
    muster.end(CLAIM.task(), "cancelled");

    assertThat(client.report(CLAIM, new Report.Complete("x", NOWHERE)))
        .isEqualTo(new Answer.Late<>("cancelled"));
  }

  @Test
  void the_time_to_stay_away_is_taken_from_the_answer() throws InterruptedException {
    muster.script("start", new Reply.Status(503, "{}", Map.of("Retry-After", "7")));

    assertThat(client.start(CLAIM))
        .isInstanceOfSatisfying(
            Answer.NoAnswer.class,
            answer -> assertThat(answer.retryAfter()).isEqualTo(Duration.ofSeconds(7)));
  }

  @Test
  void a_refusal_says_its_status_and_the_servers_sentence() throws InterruptedException {
    muster.script("start", Reply.of(422, "{\"type\":\"urn:x\",\"error\":\"not like this\"}"));

    assertThat(client.start(CLAIM)).isEqualTo(new Answer.Refused<>(422, "urn:x", "not like this"));
  }

  @Test
  void a_success_that_is_cut_off_decides_nothing() throws InterruptedException {
    muster.script("complete", Reply.of(200, "{\"id\":\"0b1e"));

    assertThat(client.report(CLAIM, new Report.Complete("x", NOWHERE)))
        .isInstanceOf(Answer.NoAnswer.class);
  }

  @Test
  void a_claim_carries_its_key_its_process_and_its_patience() throws InterruptedException {
    muster.add(CLAIM.task(), "Title", "Prompt");

    var answer =
        client.claim(
            new MusterClient.ClaimRequest("r", "process-1", "key-1", Duration.ofSeconds(20)));

    var call = muster.calls("claim").getFirst();
    assertThat(call.header("Prefer")).isEqualTo("wait=20");
    assertThat(call.header("Idempotency-Key")).isEqualTo("key-1");
    assertThat(call.header("Process-Id")).isEqualTo("process-1");
    assertThat(answer)
        .isInstanceOfSatisfying(
            Answer.Accepted.class,
            accepted ->
                assertThat(accepted.value())
                    .isInstanceOfSatisfying(
                        MusterClient.Claimed.class,
                        claimed ->
                            assertThat(claimed.task().orElseThrow())
                                .extracting(ClaimedTask::claim, ClaimedTask::title)
                                .containsExactly(new Claim(CLAIM.task(), 3), "Title")));
  }

  @Test
  void a_heartbeat_names_what_runs_and_hears_what_to_do() throws InterruptedException {
    muster.script(
        "heartbeat",
        Reply.of(
            200,
            """
            {"status":"ok","heartbeat_interval_seconds":7,"pending_ping":{"id":"p"},"cancel":["a"],
             "tasks":[{"id":"a","action":"cancel"},{"id":"b","action":"unknown"},
                      {"id":"c","action":"report_again"},{"id":"d","action":"of the future"}]}
            """));

    var answer = client.heartbeat(new Beat.Sent("r", "process-1", List.of(CLAIM), null));

    assertThat(muster.calls("heartbeat").getFirst().body().toString())
        .isEqualTo(
            "{\"runtime_id\":\"r\",\"process_id\":\"process-1\",\"running_tasks\":[{\"id\":\"%s\",\"claim_generation\":4}]}"
                .formatted(CLAIM.task()));
    assertThat(answer)
        .isEqualTo(
            new Answer.Accepted<>(
                new Beat(
                    Duration.ofSeconds(7),
                    List.of("a"),
                    Map.of(
                        "a", Beat.Action.CANCEL,
                        "b", Beat.Action.UNKNOWN,
                        "c", Beat.Action.REPORT_AGAIN,
                        "d", Beat.Action.KEEP),
                    java.util.Optional.of("p"))));
  }
}
