package dev.muster.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.events.task.Command;
import dev.muster.events.task.Generation;
import dev.muster.events.task.Outcome;
import dev.muster.events.task.Standing;
import dev.muster.events.task.TaskState;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/// What REST and Postgres do in each state, with each generation, is what the table of commands
/// says.
class StateTableTest {
  private static final Map<Command, String> CALLS =
      Map.of(
          Command.PREPARE, "prepare",
          Command.START, "start",
          Command.WRITE, "session",
          Command.COMPLETE, "complete",
          Command.FAIL, "fail",
          Command.FAIL_RETRIED, "fail",
          Command.RELEASE, "release",
          Command.ACKNOWLEDGE_CANCEL, "cancel-ack",
          Command.CANCEL, "cancel");

  private final TestWorkspace at = TestWorkspace.make();
  private final List<String> wrong = new ArrayList<>();

  private static List<Standing> standings() {
    var standings = new ArrayList<Standing>();
    for (var state : TaskState.values()) {
      standings.add(new Standing(state, false, true));
    }
    standings.add(new Standing(TaskState.RUNNING, true, true));
    return standings;
  }

  @Test
  void eachCommandDoesInEachStateAndWithEachGenerationWhatTheTableSays() {
    for (var standing : standings()) {
      for (var command : CALLS.keySet()) {
        for (var generation : Generation.values()) {
          if (command.isFenced() || generation == Generation.NONE) {
            hold(standing, command, generation);
          }
        }
      }
    }

    assertThat(wrong).isEmpty();
    at.muster().feed().complete(at.muster(), at.id());
  }

  private void hold(Standing standing, Command command, Generation generation) {
    var task = taskIn(standing);
    var before = row(task);
    var answer = send(task, command, generation);
    var after = row(task);

    var outcome = command.on(standing, generation);
    var isAsSaid =
        switch (outcome) {
          case Outcome.Moves(var next) ->
              answer.status() == 200 && after.state() == next && after.seq() > before.seq();
          case Outcome.Taken _ -> answer.status() == 200 && after.seq() == before.seq();
          case Outcome.Repeated _, Outcome.Late _ -> answer.status() == 200 && after.equals(before);
          case Outcome.Fenced _ -> answer.status() == 409 && after.equals(before);
          case Outcome.Refused _ ->
              answer.status() == (command == Command.CANCEL ? 409 : 400) && after.equals(before);
        };
    if (!isAsSaid) {
      wrong.add(
          "%s, %s, generation %s: %s was expected, and the answer is %d, the state %s"
              .formatted(standing, command, generation, outcome, answer.status(), after.state()));
    }
  }

  /// A task that stands there, on its first attempt, of a runtime and an agent of its own.
  private UUID taskIn(Standing standing) {
    var runtime = at.api().newRuntime(at.id(), "dm" + UUID.randomUUID(), "claude", 2);
    var task = at.newTask(at.newAgent(runtime, ""), "");
    if (standing.state() == TaskState.QUEUED) {
      return settled(task);
    }
    assertThat(Api.id(at.api().claim(runtime, 20))).isEqualTo(task);
    if (standing.state() == TaskState.DISPATCHED) {
      return task;
    }
    at.api().start(task).ok();
    switch (standing.state()) {
      case COMPLETED -> at.api().complete(task, "x").ok();
      case FAILED -> at.write(task, "fail", 1, "{\"error\":\"x\"}").ok();
      case CANCELLED -> {
        send(task, Command.CANCEL, Generation.NONE).ok();
        send(task, Command.ACKNOWLEDGE_CANCEL, Generation.NONE).ok();
      }
      case RUNNING -> {
        if (standing.cancelRequested()) {
          send(task, Command.CANCEL, Generation.NONE).ok();
        }
      }
      case QUEUED, DISPATCHED -> throw new IllegalStateException("not behind a start");
    }
    return task;
  }

  /// The dispatcher has done with it what it will do.
  private UUID settled(UUID task) {
    org.awaitility.Awaitility.await()
        .pollInterval(java.time.Duration.ofMillis(20))
        .until(() -> !at.task(task).get("assigned_at").isNull());
    return task;
  }

  private Api.Answer send(UUID task, Command command, Generation generation) {
    var path = command == Command.CANCEL ? "/api/tasks/%s/%s" : "/api/daemon/tasks/%s/%s";
    var body =
        command == Command.FAIL_RETRIED ? "{\"failure_reason\":\"provider_unavailable\"}" : "{}";
    var call = path.formatted(task, CALLS.get(command));
    var current = row(task).generation();
    return switch (generation) {
      case NONE -> at.api().post(call, body);
      case CURRENT -> at.api().post(call, body, "Claim-Generation", Long.toString(current));
      case OLD -> at.api().post(call, body, "Claim-Generation", Long.toString(current - 1));
    };
  }

  /// @param text all of it
  private record Row(TaskState state, long seq, long generation, String text) {}

  private Row row(UUID task) {
    return at.db()
        .sql("SELECT status, event_seq, claim_generation, t::text FROM task t WHERE id = :id")
        .param("id", task)
        .query((row, _) ->
            new Row(
                TaskState.of(row.getString(1)), row.getLong(2), row.getLong(3), row.getString(4)))
        .single();
  }
}
