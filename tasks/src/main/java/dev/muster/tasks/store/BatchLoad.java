package dev.muster.tasks.store;

import dev.muster.events.id.AgentId;
import dev.muster.events.id.IssueId;
import dev.muster.events.id.RuntimeId;
import dev.muster.events.id.TaskId;
import dev.muster.events.id.UserId;
import dev.muster.events.id.WorkspaceId;
import dev.muster.tasks.command.Deadlines;
import dev.muster.tasks.command.TaskCommand;
import dev.muster.tasks.decide.Intake;
import dev.muster.tasks.decide.Situation;
import dev.muster.tasks.decide.Situation.AgentFacts;
import dev.muster.tasks.decide.Situation.Fit;
import dev.muster.tasks.decide.Situation.Pair;
import dev.muster.tasks.decide.Task;
import dev.muster.tasks.decide.Visibility;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/// Locks and loads what a batch needs, in one round trip.
///
/// A batch that skips what is locked may still meet a unique key that another transaction has not
/// committed yet. It waits half a second for that, and is then made command by command, so that one
/// transaction does not hold up a lane.
final class BatchLoad {
  private static final TypeReference<Map<String, String>> LABELS = new TypeReference<>() {};
  private static final JsonMapper JSON = JsonMapper.shared();

  private final Wanted wanted;
  private final boolean skipsLocked;
  private final Script script;
  private @Nullable Situation situation;
  private final Map<AgentId, Fit> fits = new HashMap<>();

  BatchLoad(Connection connection, Wanted wanted, boolean skipsLocked) {
    this.wanted = wanted;
    this.skipsLocked = skipsLocked;
    this.script = new Script(connection);
  }

  Situation load() throws SQLException {
    script
        .read(
            "SELECT now(), set_config('lock_timeout', CASE WHEN ? THEN '500ms' ELSE '0' END, true)",
            row -> situation = new Situation(Objects.requireNonNull(TaskRows.time(row, 1))))
        .flag(skipsLocked);
    claims();
    keys();
    agents();
    heads();
    tasks();
    found();
    creates();
    script.execute();
    return situation();
  }

  private Situation situation() {
    return Objects.requireNonNull(situation);
  }

  private String locked(String statement) {
    return statement.formatted(skipsLocked ? "SKIP LOCKED" : "");
  }

  /// After the runtimes are locked: who waited for the lock may have waited for the same claim,
  /// sent twice.
  private void keys() throws SQLException {
    if (!wanted.keys.isEmpty()) {
      script
          .read(
              TaskSql.KEYS,
              row ->
                  situation()
                      .keys
                      .put(
                          new Situation.ScopedKey(uuid(row, 1), row.getString(2)),
                          new Situation.Made(
                              new TaskId(uuid(row, 3)), row.getLong(4), row.getString(5))))
          .uuids(wanted.keys.stream().map(Situation.ScopedKey::scope).toList())
          .texts(wanted.keys.stream().map(Situation.ScopedKey::key).toList());
    }
  }

  private void claims() throws SQLException {
    if (wanted.claims.isEmpty()) {
      return;
    }
    var runtimes = runtimes();
    var created = Script.ids(wanted.createdFor, AgentId::value);
    script
        .read(ClaimSql.WAITING, this::waiting)
        .uuids(runtimes)
        .uuids(runtimes)
        .seconds(redeliver());
    script
        .read(locked(ClaimSql.RUNTIMES), this::runtime)
        .uuids(runtimes)
        .seconds(redeliver())
        .uuids(created)
        .uuids(created);
    script
        .read(
            locked(AgentSql.LOCKED), row -> situation().lockedAgents.add(new AgentId(uuid(row, 1))))
        .uuids(created);
    script
        .read(
            ClaimSql.ACTIVE_ON_RUNTIMES,
            row -> situation().activeOnRuntime.put(new RuntimeId(uuid(row, 1)), row.getInt(2)))
        .uuids(runtimes);
  }

  private List<UUID> runtimes() {
    return Script.ids(wanted.claims.keySet(), RuntimeId::value);
  }

  private static double redeliver() {
    return Deadlines.seconds(Deadlines.REDELIVER);
  }

  private void waiting(ResultSet row) throws SQLException {
    var runtime = row.getObject(1, UUID.class);
    if (runtime != null) {
      situation()
          .waitingAgents
          .computeIfAbsent(new RuntimeId(runtime), _ -> new HashSet<>())
          .add(new AgentId(uuid(row, 2)));
    }
  }

  private void runtime(ResultSet row) throws SQLException {
    var id = new RuntimeId(uuid(row, 1));
    situation()
        .runtimes
        .put(
            id,
            new Situation.RuntimeFacts(
                id,
                new WorkspaceId(uuid(row, 2)),
                row.getString(3),
                Intake.of(row.getString(4)),
                row.getInt(5),
                row.getBoolean(6),
                row.getString(7),
                labels(row.getString(8))));
  }

  private static Map<String, String> labels(String json) {
    return json.equals("{}") ? Map.of() : JSON.readValue(json, LABELS);
  }

  private void agents() throws SQLException {
    if (wanted.claims.isEmpty() && wanted.agents.isEmpty() && wanted.agentsOf.isEmpty()) {
      return;
    }
    if (!wanted.createdFor.isEmpty()) {
      script
          .read(
              AgentSql.FIT,
              row -> {
                if (row.getString(2) != null) {
                  fits.put(new AgentId(uuid(row, 1)), Fit.valueOf(row.getString(2)));
                }
              })
          .uuids(Script.ids(wanted.createdFor, AgentId::value));
    }
    script
        .read(AgentSql.FACTS, this::agent)
        .flag(!wanted.claims.isEmpty() || !wanted.repeated.isEmpty())
        .uuids(Script.ids(wanted.agents, AgentId::value))
        .uuids(Script.ids(wanted.agentsOf, TaskId::value));
  }

  private void agent(ResultSet row) throws SQLException {
    var id = new AgentId(uuid(row, 1));
    var runtime = row.getObject(3, UUID.class);
    var owner = row.getObject(9, UUID.class);
    var rate = row.getInt(11);
    var hasRate = !row.wasNull();
    situation()
        .agents
        .put(
            id,
            new AgentFacts(
                id,
                new WorkspaceId(uuid(row, 2)),
                runtime == null ? null : new RuntimeId(runtime),
                row.getString(4),
                row.getString(5),
                labels(row.getString(5)),
                row.getString(6),
                row.getString(12),
                Intake.of(row.getString(7)),
                Visibility.of(row.getString(8)),
                owner == null ? null : new UserId(owner),
                row.getInt(10),
                hasRate ? rate : null,
                TaskRows.time(row, 13),
                TaskRows.time(row, 14),
                TaskRows.time(row, 15),
                fits.get(id)));
    situation().activeOfAgent.put(id, row.getInt(16));
  }

  private void heads() throws SQLException {
    if (wanted.claims.isEmpty()) {
      return;
    }
    script
        .read(
            ClaimSql.UNDELIVERED,
            row -> {
              var task = task(row);
              situation().undelivered.put(runtimeOf(task), task.id());
            })
        .uuids(runtimes())
        .seconds(redeliver());
    if (wanted.isSerial) {
      script
          .read(
              ClaimSql.ON_SERIAL,
              row -> {
                var task = task(row);
                situation()
                    .runningOnSerial
                    .computeIfAbsent(runtimeOf(task), _ -> new ArrayList<>())
                    .add(task.id());
              })
          .uuids(runtimes());
    }
    script
        .read(
            locked(ClaimSql.HEADS),
            row -> {
              var task = task(row);
              situation()
                  .heads
                  .computeIfAbsent(runtimeOf(task), _ -> new ArrayList<>())
                  .add(task.id());
            })
        .uuids(runtimes())
        .integers(List.copyOf(wanted.claims.values()));
  }

  private static RuntimeId runtimeOf(Task task) {
    return Objects.requireNonNull(task.place().runtime());
  }

  private Task task(ResultSet row) throws SQLException {
    var loaded = TaskRows.read(row);
    // A row that was loaded for a claim has more in it than the same loaded by its id.
    situation().tasks.putIfAbsent(loaded.task().id(), loaded);
    return loaded.task();
  }

  private void tasks() throws SQLException {
    if (!wanted.repeated.isEmpty()) {
      script.read(TaskSql.CLAIMED, this::task).uuids(Script.ids(wanted.repeated, TaskId::value));
    }
    if (!wanted.tasks.isEmpty()) {
      script.read(locked(TaskSql.BY_ID), this::task).uuids(Script.ids(wanted.tasks, TaskId::value));
    }
    if (!wanted.ending.isEmpty()) {
      script
          .read(TaskSql.QUEUED_BESIDE, this::queuedPair)
          .uuids(Script.ids(wanted.ending, TaskId::value));
    }
  }

  private void queuedPair(ResultSet row) throws SQLException {
    situation().queuedPairs.add(new Pair(new AgentId(uuid(row, 1)), new IssueId(uuid(row, 2))));
  }

  private void found() throws SQLException {
    for (var finding : wanted.finding.entrySet()) {
      find(finding.getKey(), finding.getValue());
    }
    if (!wanted.issues.isEmpty()) {
      script
          .read(
              TaskSql.ISSUES,
              row ->
                  situation()
                      .issues
                      .put(
                          new IssueId(uuid(row, 1)),
                          new Situation.IssueFacts(
                              new WorkspaceId(uuid(row, 2)), row.getString(3), row.getString(4))))
          .uuids(Script.ids(wanted.issues, IssueId::value));
    }
  }

  private void find(int index, TaskCommand<?> command) throws SQLException {
    Script.Reader add = row -> situation().addFound(index, task(row).id());
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
      case TaskCommand.EndActive end -> {
        var runtimes = Script.ids(end.runtimes(), RuntimeId::value);
        script.read(TaskSql.FOUND.formatted(TaskSql.ACTIVE_ON), add).uuids(runtimes);
        script.read(TaskSql.QUEUED_BESIDE_ACTIVE, this::queuedPair).uuids(runtimes);
      }
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
          .read(
              AgentSql.WITH_OPEN_CHOICE,
              row -> situation().agentsWithOpenChoice.add(new AgentId(uuid(row, 1))))
          .uuids(Script.ids(wanted.createdFor, AgentId::value));
    }
    if (!wanted.concurrencyKeys.isEmpty()) {
      script
          .read(
              TaskSql.ACTIVE_KEYS,
              row ->
                  situation()
                      .activeKeys
                      .add(
                          new Situation.ConcurrencyKey(
                              new WorkspaceId(uuid(row, 1)), row.getString(2))))
          .uuids(wanted.concurrencyKeys.stream().map(key -> key.workspace().value()).toList())
          .texts(wanted.concurrencyKeys.stream().map(Situation.ConcurrencyKey::key).toList());
    }
    script
        .read(
            TaskSql.NUMBERS,
            row -> {
              var workspace = new WorkspaceId(uuid(row, 1));
              var taken = Objects.requireNonNull(wanted.numbers.get(workspace));
              situation()
                  .workspaces
                  .put(
                      workspace,
                      new Situation.WorkspaceFacts(row.getString(2), row.getInt(3) - taken + 1));
            })
        .uuids(Script.ids(wanted.numbers.keySet(), WorkspaceId::value))
        .integers(wanted.numbers.values());
  }

  private static UUID uuid(ResultSet row, int column) throws SQLException {
    return Objects.requireNonNull(row.getObject(column, UUID.class));
  }
}
