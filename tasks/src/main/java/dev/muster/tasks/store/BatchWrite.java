package dev.muster.tasks.store;

import dev.muster.events.id.RuntimeId;
import dev.muster.events.id.TaskId;
import dev.muster.tasks.decide.Changes;
import dev.muster.tasks.decide.Changes.Changed;
import dev.muster.tasks.decide.Task;
import dev.muster.tasks.decide.UuidOrder;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Writes what a batch has changed, in one round trip: a statement for each kind of row.
final class BatchWrite {
  private final Changes changes;
  private final Script script;
  private int updateAt = -1;

  BatchWrite(Connection connection, Changes changes) {
    this.changes = changes;
    this.script = new Script(connection);
  }

  /// @param commits whether the last statement is the commit
  void write(boolean commits) throws SQLException {
    var statements = issues();
    // What ends before what begins: the one may hold the key that the other needs.
    if (!changes.changed().isEmpty()) {
      updateAt = statements;
      changed();
    }
    made();
    traces();
    cancels();
    attempts();
    comments();
    keys();
    paces();
    events();
    if (commits) {
      script.run("COMMIT");
    }
    if (script.isEmpty()) {
      return;
    }
    var counts = script.execute();
    if (updateAt >= 0 && counts.get(updateAt) != changes.changed().size()) {
      throw new IllegalStateException(
          "of %d changed tasks %d were as they had been loaded"
              .formatted(changes.changed().size(), counts.get(updateAt)));
    }
  }

  private int issues() throws SQLException {
    var rows = changes.issues();
    if (rows.isEmpty()) {
      return 0;
    }
    script
        .run(WriteSql.ISSUES)
        .column("uuid", rows, row -> row.issue().id().value())
        .column("uuid", rows, row -> row.workspace().value())
        .column("int4", rows, row -> row.number())
        .column("text", rows, row -> row.issue().title())
        .column("text", rows, row -> row.issue().description())
        .column("text", rows, row -> row.issue().status())
        .column("text", rows, row -> row.issue().priority().wire())
        .column("text", rows, row -> row.issue().assigneeType())
        .column("uuid", rows, row -> row.issue().assigneeId())
        .column("text", rows, row -> row.issue().creator().type())
        .column("uuid", rows, row -> row.issue().creator().id())
        .column("uuid", rows, row -> row.issue().parent())
        .column("timestamptz", rows, row -> row.issue().dueDate());
    return 1;
  }

  private void made() throws SQLException {
    var rows = sorted(changes.made());
    if (rows.isEmpty()) {
      return;
    }
    script
        .run(WriteSql.MADE)
        .column("uuid", rows, task -> task.id().value())
        .column("uuid", rows, task -> task.workspace().value())
        .column("uuid", rows, task -> task.agent().value())
        .column("uuid", rows, task -> task.issue().value())
        .column("bool", rows, task -> task.needs().pinned())
        .column("text", rows, task -> task.needs().provider())
        .column("text", rows, task -> task.needs().labels())
        .column("int4", rows, task -> task.terms().priority())
        .column("int4", rows, task -> task.terms().maxAttempts())
        .column("int4", rows, task -> task.terms().own().timeoutSeconds())
        .column("int4", rows, task -> task.terms().own().idleTimeoutSeconds())
        .column("int4", rows, task -> task.terms().ofAgent().timeoutSeconds())
        .column("int4", rows, task -> task.terms().ofAgent().idleTimeoutSeconds())
        .column("text", rows, task -> task.terms().concurrencyKey())
        .column("timestamptz", rows, task -> task.terms().expiresAt())
        .column("timestamptz", rows, Task::createdAt)
        .column("timestamptz", rows, task -> task.place().rankAt())
        .column("uuid", rows, task -> value(task.parent()))
        .column("uuid", rows, BatchWrite::schedule);
    moving(rows);
  }

  /// What changes of a task in its life.
  private void moving(List<Task> rows) throws SQLException {
    script
        .column("uuid", rows, task -> value(task.place().runtime()))
        .column("text", rows, task -> task.state().wire())
        .column("int4", rows, Task::attempt)
        .column("int8", rows, Task::generation)
        .column("int8", rows, Task::seq)
        .column("text", rows, task -> task.end().result())
        .column("text", rows, task -> task.end().error())
        .column(
            "text", rows, task -> task.end().reason() == null ? null : task.end().reason().wire())
        .column("text", rows, task -> task.session().id())
        .column("text", rows, task -> task.session().workDir())
        .column("uuid", rows, task -> value(task.session().runtime()))
        .column("timestamptz", rows, task -> task.place().queuedAt())
        .column("timestamptz", rows, task -> task.place().assignedAt())
        .column("timestamptz", rows, task -> task.lease().dispatchedAt())
        .column("timestamptz", rows, task -> task.lease().deliveredAt())
        .column("timestamptz", rows, task -> task.lease().startedAt())
        .column("timestamptz", rows, task -> task.end().at())
        .column("timestamptz", rows, BatchWrite::deadlineAt)
        .column("text", rows, BatchWrite::deadlineReason)
        .column("bool", rows, task -> task.place().ready())
        .column("timestamptz", rows, task -> task.place().runAfter())
        .column("timestamptz", rows, task -> task.lease().cancelRequestedAt())
        .column("text", rows, task -> array(task.comments()))
        .column("uuid", rows, task -> value(task.end().redrivenBy()));
  }

  private void changed() throws SQLException {
    var rows =
        changes.changed().stream()
            .sorted(Comparator.comparing(row -> row.after().id().value(), UuidOrder.AS_IN_POSTGRES))
            .toList();
    script
        .run(WriteSql.CHANGED)
        .column("uuid", rows, row -> row.after().id().value())
        .column("int8", rows, row -> row.before().seq())
        .column("text", rows, row -> row.before().state().wire());
    moving(rows.stream().map(Changed::after).toList());
  }

  private void attempts() throws SQLException {
    var rows = changes.attempts();
    if (!rows.isEmpty()) {
      script
          .run(WriteSql.ATTEMPTS)
          .column("uuid", rows, row -> row.task().value())
          .column("int4", rows, row -> row.attempt())
          .column("int8", rows, row -> row.generation())
          .column("uuid", rows, row -> value(row.runtime()))
          .column("timestamptz", rows, row -> row.dispatchedAt())
          .column("timestamptz", rows, row -> row.startedAt())
          .column("text", rows, row -> row.reason().wire())
          .column("text", rows, row -> row.error());
    }
  }

  private void comments() throws SQLException {
    var rows = changes.comments();
    if (!rows.isEmpty()) {
      script
          .run(WriteSql.COMMENTS)
          .column("uuid", rows, row -> row.id())
          .column("uuid", rows, row -> row.issue().value())
          .column("uuid", rows, row -> row.author().value())
          .column("uuid", rows, row -> row.parent())
          .column("text", rows, row -> row.content())
          .column("text", rows, row -> row.type());
    }
  }

  private void keys() throws SQLException {
    var rows = changes.keys();
    if (!rows.isEmpty()) {
      script
          .run(WriteSql.KEYS)
          .column("uuid", rows, row -> row.scope())
          .column("text", rows, row -> row.key().key())
          .column("text", rows, row -> row.key().hash())
          .column("uuid", rows, row -> row.task().value())
          .column("int8", rows, row -> row.generation());
    }
  }

  private void paces() throws SQLException {
    var rows = changes.paces();
    if (!rows.isEmpty()) {
      script
          .run(WriteSql.PACES)
          .column("uuid", rows, row -> row.agent().value())
          .column("int4", rows, row -> row.tasks())
          .column("int4", rows, row -> row.ratePerMinute());
    }
  }

  private void events() throws SQLException {
    var rows = changes.events();
    if (!rows.isEmpty()) {
      script
          .run(WriteSql.EVENTS)
          .places(rows.size())
          .column("uuid", rows, row -> row.workspace().value())
          .column("text", rows, row -> row.type().wire())
          .column("uuid", rows, row -> row.subject())
          .column("int8", rows, row -> row.seq())
          .column("text", rows, row -> row.data());
    }
  }

  private void traces() throws SQLException {
    var rows = changes.traces();
    if (!rows.isEmpty()) {
      script
          .run(WriteSql.TRACES)
          .column("uuid", rows, row -> row.task().value())
          .column("text", rows, row -> row.from().parent())
          .column("text", rows, row -> row.from().state());
    }
  }

  private void cancels() throws SQLException {
    var rows = changes.cancels();
    if (!rows.isEmpty()) {
      script
          .run(WriteSql.CANCELS)
          .column("uuid", rows, row -> row.task().value())
          .column("text", rows, row -> row.by().type())
          .column("uuid", rows, row -> row.by().id());
    }
  }

  private static List<Task> sorted(List<Task> tasks) {
    return tasks.stream()
        .sorted(Comparator.comparing(task -> task.id().value(), UuidOrder.AS_IN_POSTGRES))
        .toList();
  }

  private static @Nullable Instant deadlineAt(Task task) {
    var deadline = task.deadline();
    return deadline == null ? null : deadline.at();
  }

  private static @Nullable String deadlineReason(Task task) {
    var deadline = task.deadline();
    return deadline == null ? null : deadline.reason().wire();
  }

  private static @Nullable UUID value(@Nullable RuntimeId id) {
    return id == null ? null : id.value();
  }

  private static @Nullable UUID value(@Nullable TaskId id) {
    return id == null ? null : id.value();
  }

  private static @Nullable UUID schedule(Task task) {
    var schedule = task.terms().schedule();
    return schedule == null ? null : schedule.value();
  }

  private static String array(List<UUID> ids) {
    return ids.stream().map(UUID::toString).collect(Collectors.joining(",", "{", "}"));
  }
}
