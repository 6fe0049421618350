package dev.muster.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.muster.events.task.Standing;
import dev.muster.events.task.TaskState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/// Tasks brought to where a table of commands begins.
record StandingTasks(TestWorkspace at) {
  /// Every state there is; a running task also with its cancel asked for.
  static List<Standing> standings() {
    var standings = new ArrayList<Standing>();
    for (var state : TaskState.values()) {
      standings.add(new Standing(state, false, true));
    }
    standings.add(new Standing(TaskState.RUNNING, true, true));
    return standings;
  }

  /// A task that stands there, on its first attempt, of a runtime and an agent of its own.
  UUID in(Standing standing) {
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
        cancel(task).ok();
        at.write(task, "cancel-ack", 1, "{}").ok();
      }
      case RUNNING -> {
        if (standing.cancelRequested()) {
          cancel(task).ok();
        }
      }
      case QUEUED, DISPATCHED -> throw new IllegalStateException("not behind a start");
    }
    return task;
  }

  /// The dispatcher has done with it what it will do.
  private UUID settled(UUID task) {
    await()
        .pollInterval(Duration.ofMillis(20))
        .until(() -> !at.task(task).get("assigned_at").isNull());
    return task;
  }

  private Api.Answer cancel(UUID task) {
    return at.api().post("/api/tasks/%s/cancel".formatted(task), "{}");
  }

  /// @param text all of it
  record Row(TaskState state, long seq, long generation, String text) {}

  Row row(UUID task) {
    return at.db()
        .sql("SELECT status, event_seq, claim_generation, t::text FROM task t WHERE id = :id")
        .param("id", task)
        .query((row, _) ->
            new Row(
                TaskState.of(row.getString(1)), row.getLong(2), row.getLong(3), row.getString(4)))
        .single();
  }
}
