package dev.muster.tasks.store;

import dev.muster.events.id.AgentId;
import dev.muster.events.id.IssueId;
import dev.muster.events.id.RuntimeId;
import dev.muster.events.id.TaskId;
import dev.muster.events.id.WorkspaceId;
import dev.muster.tasks.command.Deadlines;
import dev.muster.tasks.command.TaskCommand;
import dev.muster.tasks.decide.Situation;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.UUID;

/// Locks and loads what a batch needs, in one round trip.
///
/// A batch that skips what is locked may still meet a unique key that another transaction has not
/// committed yet. It waits half a second for that, and is then made command by command, so that one
/// transaction does not hold up a lane.
final class BatchLoad {
  private static final String BEGIN =
      "SELECT now(), set_config('lock_timeout', CASE WHEN ? THEN '500ms' ELSE '0' END, true)";

  private final Wanted wanted;
  private final boolean skipsLocked;
  private final Script script;
  private final SituationRows rows = new SituationRows();

  BatchLoad(Connection connection, Wanted wanted, boolean skipsLocked) {
    this.wanted = wanted;
    this.skipsLocked = skipsLocked;
    this.script = new Script(connection);
  }

  Situation load() throws SQLException {
    script.read(BEGIN, rows::now).flag(skipsLocked);
    claims();
    keys();
    agents();
    heads();
    tasks();
    found();
    creates();
    script.execute();
    return rows.situation();
  }

  private String locked(String statement) {
    return statement.formatted(skipsLocked ? "SKIP LOCKED" : "");
  }

  private void claims() throws SQLException {
    if (wanted.claims.isEmpty()) {
      return;
    }
    var runtimes = runtimes();
    var created = Script.ids(wanted.createdFor, AgentId::value);
    script
        .read(ClaimSql.WAITING, rows::waiting)
        .uuids(runtimes)
        .uuids(runtimes)
        .seconds(redeliver());
    script
        .read(locked(ClaimSql.RUNTIMES), rows::runtime)
        .uuids(runtimes)
        .seconds(redeliver())
        .uuids(created)
        .uuids(created);
    script.read(locked(AgentSql.LOCKED), rows::lockedAgent).uuids(created);
    script.read(ClaimSql.ACTIVE_ON_RUNTIMES, rows::activeOnRuntime).uuids(runtimes);
  }

  private List<UUID> runtimes() {
    return Script.ids(wanted.claims.keySet(), RuntimeId::value);
  }

  private static double redeliver() {
    return Deadlines.seconds(Deadlines.REDELIVER);
  }

  /// After the runtimes are locked: who waited for the lock may have waited for the same claim,
  /// sent twice.
  private void keys() throws SQLException {
    if (!wanted.keys.isEmpty()) {
      script
          .read(TaskSql.KEYS, rows::key)
          .uuids(wanted.keys.stream().map(Situation.ScopedKey::scope).toList())
          .texts(wanted.keys.stream().map(Situation.ScopedKey::key).toList());
    }
  }

  private void agents() throws SQLException {
    if (wanted.claims.isEmpty() && wanted.agents.isEmpty() && wanted.agentsOf.isEmpty()) {
      return;
    }
    if (!wanted.createdFor.isEmpty()) {
      script.read(AgentSql.FIT, rows::fit).uuids(Script.ids(wanted.createdFor, AgentId::value));
    }
    script
        .read(AgentSql.FACTS, rows::agent)
        .flag(!wanted.claims.isEmpty() || !wanted.repeated.isEmpty())
        .uuids(Script.ids(wanted.agents, AgentId::value))
        .uuids(Script.ids(wanted.agentsOf, TaskId::value));
  }

  private void heads() throws SQLException {
    if (wanted.claims.isEmpty()) {
      return;
    }
    script.read(ClaimSql.UNDELIVERED, rows::undelivered).uuids(runtimes()).seconds(redeliver());
    if (wanted.isSerial) {
      script.read(ClaimSql.ON_SERIAL, rows::onSerial).uuids(runtimes());
    }
    script
        .read(locked(ClaimSql.HEADS), rows::head)
        .uuids(runtimes())
        .integers(List.copyOf(wanted.claims.values()));
  }

  private void tasks() throws SQLException {
    if (!wanted.repeated.isEmpty()) {
      script.read(TaskSql.CLAIMED, rows::task).uuids(Script.ids(wanted.repeated, TaskId::value));
    }
    if (!wanted.tasks.isEmpty()) {
      script.read(locked(TaskSql.BY_ID), rows::task).uuids(Script.ids(wanted.tasks, TaskId::value));
    }
    if (!wanted.redriven.isEmpty()) {
      script
          .read(TaskSql.QUEUED_BESIDE, rows::queuedPair)
          .uuids(Script.ids(wanted.redriven, TaskId::value));
    }
  }

  private void found() throws SQLException {
    for (var finding : wanted.finding.entrySet()) {
      find(finding.getKey(), finding.getValue());
    }
    if (!wanted.issues.isEmpty()) {
      script.read(TaskSql.ISSUES, rows::issue).uuids(Script.ids(wanted.issues, IssueId::value));
    }
  }

  private void find(int index, TaskCommand<?> command) throws SQLException {
    Script.Reader add = row -> rows.situation().addFound(index, rows.task(row).id());
    switch (command) {
      case TaskCommand.Enqueue enqueue ->
          script
              .read(TaskSql.FOUND.formatted(TaskSql.OPEN_OF_PAIR), add)
              .uuid(enqueue.agent().value())
              .uuid(enqueue.issue().value());
      case TaskCommand.Rerun rerun ->
          script
              .read(TaskSql.FOUND.formatted(TaskSql.OPEN_BESIDE), add)
              .uuid(rerun.ended().value())
              .uuid(rerun.ended().value());
      case TaskCommand.CancelOpen open -> find(open, add);
      case TaskCommand.EndActive end ->
          script
              .read(TaskSql.FOUND.formatted(TaskSql.ACTIVE_ON), add)
              .uuids(Script.ids(end.runtimes(), RuntimeId::value));
      case TaskCommand.Report _,
          TaskCommand.Claim _,
          TaskCommand.Repeat _,
          TaskCommand.Create _,
          TaskCommand.Redrive _,
          TaskCommand.Cancel _,
          TaskCommand.PassDeadlines _,
          TaskCommand.Assign _ ->
          throw new IllegalStateException("names its tasks: " + command);
    }
  }

  private void find(TaskCommand.CancelOpen open, Script.Reader add) {
    switch (open.scope()) {
      case TaskCommand.Scope.OfIssue(var issue) -> openOf("issue_id", issue.value(), open, add);
      case TaskCommand.Scope.OfAgent(var agent) -> openOf("agent_id", agent.value(), open, add);
      case TaskCommand.Scope.OfWorkspace(var workspace) ->
          openOf("workspace_id", workspace.value(), open, add);
      case TaskCommand.Scope.QueuedOfIssue(var issue) ->
          script.read(TaskSql.FOUND.formatted(TaskSql.QUEUED_OF_ISSUE), add).uuid(issue.value());
    }
  }

  private void openOf(String column, UUID id, TaskCommand.CancelOpen open, Script.Reader add) {
    script
        .read(TaskSql.FOUND.formatted(TaskSql.OPEN_OF.formatted(column)), add)
        .uuid(id)
        .flag(open.isForGood());
  }

  private void creates() throws SQLException {
    if (wanted.numbers.isEmpty()) {
      return;
    }
    if (!wanted.claims.isEmpty()) {
      script
          .read(AgentSql.WITH_OPEN_CHOICE, rows::agentWithOpenChoice)
          .uuids(Script.ids(wanted.createdFor, AgentId::value));
    }
    if (!wanted.concurrencyKeys.isEmpty()) {
      script
          .read(TaskSql.ACTIVE_KEYS, rows::activeKey)
          .uuids(wanted.concurrencyKeys.stream().map(key -> key.workspace().value()).toList())
          .texts(wanted.concurrencyKeys.stream().map(Situation.ConcurrencyKey::key).toList());
    }
    script
        .read(TaskSql.NUMBERS, row -> rows.numbers(row, wanted.numbers))
        .uuids(Script.ids(wanted.numbers.keySet(), WorkspaceId::value))
        .integers(wanted.numbers.values());
  }
}
