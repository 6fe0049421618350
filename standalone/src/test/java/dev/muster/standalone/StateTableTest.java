package dev.muster.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.events.task.Command;
import dev.muster.events.task.Generation;
import dev.muster.events.task.Outcome;
import dev.muster.events.task.Standing;
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
  private final StandingTasks tasks = new StandingTasks(at);
  private final List<String> wrong = new ArrayList<>();

  @Test
  void eachCommandDoesInEachStateAndWithEachGenerationWhatTheTableSays() {
    for (var standing : StandingTasks.standings()) {
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
    var task = tasks.in(standing);
    var before = tasks.row(task);
    var answer = send(task, command, generation);
    var after = tasks.row(task);

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

  private Api.Answer send(UUID task, Command command, Generation generation) {
    var path = command == Command.CANCEL ? "/api/tasks/%s/%s" : "/api/daemon/tasks/%s/%s";
    var body =
        command == Command.FAIL_RETRIED ? "{\"failure_reason\":\"provider_unavailable\"}" : "{}";
    var call = path.formatted(task, CALLS.get(command));
    var current = tasks.row(task).generation();
    return switch (generation) {
      case NONE -> at.api().post(call, body);
      case CURRENT -> at.api().post(call, body, "Claim-Generation", Long.toString(current));
      case OLD -> at.api().post(call, body, "Claim-Generation", Long.toString(current - 1));
    };
  }
}
