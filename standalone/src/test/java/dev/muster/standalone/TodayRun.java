package dev.muster.standalone;

import dev.muster.standalone.guarantee.Seen;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import tools.jackson.databind.JsonNode;

/// One claim of one task in a daemon of 2026-08, from its start to the last report.
///
/// Everything is said by the id of the claim. The start, and what is said meanwhile, is said once;
/// a start that fails fails the task. A final report is repeated for a while, then forgotten. A
/// complete that is refused turns into a fail.
final class TodayRun {
  /// The original's, an eighth as long.
  private static final List<Duration> PAUSES =
      List.of(
          Duration.ofMillis(500),
          Duration.ofSeconds(1),
          Duration.ofSeconds(2),
          Duration.ofSeconds(4),
          Duration.ofSeconds(8));

  /// Long enough for the next process to run the task, most of the time.
  private static final Duration SLEEP = Duration.ofSeconds(6);

  private static final Set<String> FINAL = Set.of("completed", "failed", "cancelled");

  private final TodayProcess process;
  private final TodayDaemon daemon;
  private final JsonNode task;
  private final UUID attempt;
  private final Seen.Claim claim;
  private final Duration work;

  TodayRun(TodayProcess process, TodayDaemon daemon, JsonNode task, String slot, int workMillis) {
    this.process = process;
    this.daemon = daemon;
    this.task = task;
    this.attempt = Api.id(task);
    this.claim =
        new Seen.Claim(
            TodayDaemon.taskOf(task),
            task.get("claim_generation").asLong(),
            daemon.runtime(),
            slot);
    this.work = Duration.ofMillis(workMillis);
  }

  UUID attempt() {
    return attempt;
  }

  Seen.Claim claim() {
    return claim;
  }

  void run() throws InterruptedException {
    if (!begin()) {
      return;
    }
    say("progress", "{\"summary\":\"Launching claude\",\"step\":1,\"total\":2}");
    say("session", "{\"session_id\":\"s-%s\",\"work_dir\":\"/ws/%s\"}".formatted(attempt, attempt));
    if (process.isLeavingWithin(work) && !process.isAsleep()) {
      if (!process.isDeadWithin(Duration.ZERO)) {
        fail("task cancelled by server", "cancelled");
      }
      return;
    }
    say("messages", "{\"messages\":[{\"seq\":1,\"type\":\"text\",\"content\":\"At it\"}]}");
    say(
        "usage",
        "{\"usage\":[{\"provider\":\"claude\",\"model\":\"m\",\"input_tokens\":10,\"output_tokens\":5}]}");
    say("progress", "{\"summary\":\"Finishing task\",\"step\":2,\"total\":2}");
    if (isOver()) {
      report("cancel-ack", "{}");
    } else if (process.isAsleep() && process.isDeadWithin(SLEEP)) {
      // It never wakes.
      return;
    } else if (Plan.of(task.get("title").asString()).failsIn(task.get("attempt").asInt())) {
      failAsPlanned();
    } else {
      complete();
    }
  }

  private boolean begin() throws InterruptedException {
    var answer = once("start", "{}");
    if (answer.isEmpty()) {
      fail("start task failed: connection closed", "agent_error.provider_network");
      return false;
    }
    var status = answer.get().status();
    if (status < 300) {
      process.saw(Seen.What.STARTED, claim);
      return true;
    }
    judge(status, answer.get());
    fail(
        "start task failed: " + status,
        status < 500 ? "agent_error.unknown" : "agent_error.provider_server_error");
    return false;
  }

  private void failAsPlanned() throws InterruptedException {
    var isForGood = Plan.of(task.get("title").asString()) == Plan.FAILS;
    fail(Plan.ERROR, isForGood ? "agent_error.unknown" : "agent_error.provider_network");
  }

  private void complete() throws InterruptedException {
    var answer = report("complete", "{\"output\":\"done %d\"}".formatted(claim.generation()));
    if (answer.isEmpty()) {
      return;
    }
    if (answer.get().status() >= 300) {
      fail("complete task failed: " + answer.get().status(), "agent_error.unknown");
    } else if (answer.get().json().get("status").asString().equals("completed")) {
      process.saw(Seen.What.COMPLETED, claim);
    }
  }

  private void fail(String error, String reason) throws InterruptedException {
    report("fail", "{\"error\":\"%s\",\"failure_reason\":\"%s\"}".formatted(error, reason));
  }

  /// Whether nobody wants its result any more. No answer means that somebody does.
  private boolean isOver() {
    try {
      return FINAL.contains(daemon.status(attempt));
    } catch (UncheckedIOException | AssertionError e) {
      return false;
    }
  }

  /// Makes a final call until it is answered for good; empty if it never was.
  private Optional<Api.Answer> report(String verb, String body) throws InterruptedException {
    for (var pause : PAUSES) {
      var answer = once(verb, body).filter(TodayRun::isForGood);
      if (answer.isPresent()) {
        judge(answer.get().status(), answer.get());
        return answer;
      }
      if (process.isDeadWithin(pause)) {
        return Optional.empty();
      }
    }
    return once(verb, body).filter(TodayRun::isForGood);
  }

  private static boolean isForGood(Api.Answer answer) {
    var status = answer.status();
    return status < 500 && status != 408 && status != 429;
  }

  private void judge(int status, Api.Answer answer) {
    if (status == 409) {
      process.saw(Seen.What.FENCED, claim);
    } else if (status >= 300 && status < 500) {
      process.refused(claim + " " + status + " " + answer.text());
    }
  }

  /// Says something once, whether or not anybody hears it.
  private void say(String verb, String body) {
    var _ = once(verb, body);
  }

  private Optional<Api.Answer> once(String verb, String body) {
    try {
      return Optional.of(daemon.write(attempt, verb, body));
    } catch (UncheckedIOException e) {
      return Optional.empty();
    }
  }
}
