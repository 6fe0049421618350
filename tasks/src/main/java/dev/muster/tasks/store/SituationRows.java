package dev.muster.tasks.store;

import dev.muster.events.id.AgentId;
import dev.muster.events.id.IssueId;
import dev.muster.events.id.RuntimeId;
import dev.muster.events.id.TaskId;
import dev.muster.events.id.UserId;
import dev.muster.events.id.WorkspaceId;
import dev.muster.tasks.decide.Intake;
import dev.muster.tasks.decide.Situation;
import dev.muster.tasks.decide.Situation.AgentFacts;
import dev.muster.tasks.decide.Situation.Fit;
import dev.muster.tasks.decide.Situation.Pair;
import dev.muster.tasks.decide.Task;
import dev.muster.tasks.decide.Visibility;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/// Fills a situation from the rows that the statements of a [BatchLoad] answer.
final class SituationRows {
  private static final TypeReference<Map<String, String>> LABELS = new TypeReference<>() {};
  private static final JsonMapper JSON = JsonMapper.shared();

  private final Map<AgentId, Fit> fits = new HashMap<>();
  private @Nullable Situation situation;

  Situation situation() {
    return Objects.requireNonNull(situation, "the first statement tells the time");
  }

  void now(ResultSet row) throws SQLException {
    situation = new Situation(Objects.requireNonNull(TaskRows.time(row, 1)));
  }

  void key(ResultSet row) throws SQLException {
    situation()
        .keys
        .put(
            new Situation.ScopedKey(uuid(row, 1), row.getString(2)),
            new Situation.Made(new TaskId(uuid(row, 3)), row.getLong(4), row.getString(5)));
  }

  void waiting(ResultSet row) throws SQLException {
    var runtime = row.getObject(1, UUID.class);
    if (runtime != null) {
      situation()
          .waitingAgents
          .computeIfAbsent(new RuntimeId(runtime), _ -> new HashSet<>())
          .add(new AgentId(uuid(row, 2)));
    }
  }

  void runtime(ResultSet row) throws SQLException {
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

  void activeOnRuntime(ResultSet row) throws SQLException {
    situation().activeOnRuntime.put(new RuntimeId(uuid(row, 1)), row.getInt(2));
  }

  void lockedAgent(ResultSet row) throws SQLException {
    situation().lockedAgents.add(new AgentId(uuid(row, 1)));
  }

  void fit(ResultSet row) throws SQLException {
    var fit = row.getString(2);
    if (fit != null) {
      fits.put(new AgentId(uuid(row, 1)), Fit.valueOf(fit));
    }
  }

  void agent(ResultSet row) throws SQLException {
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
                TaskRows.limits(row, 17),
                fits.get(id)));
    situation().activeOfAgent.put(id, row.getInt(16));
  }

  void agentWithOpenChoice(ResultSet row) throws SQLException {
    situation().agentsWithOpenChoice.add(new AgentId(uuid(row, 1)));
  }

  void undelivered(ResultSet row) throws SQLException {
    var task = task(row);
    situation().undelivered.put(runtimeOf(task), task.id());
  }

  void onSerial(ResultSet row) throws SQLException {
    var task = task(row);
    situation()
        .runningOnSerial
        .computeIfAbsent(runtimeOf(task), _ -> new ArrayList<>())
        .add(task.id());
  }

  void head(ResultSet row) throws SQLException {
    var task = task(row);
    situation().heads.computeIfAbsent(runtimeOf(task), _ -> new ArrayList<>()).add(task.id());
  }

  private static RuntimeId runtimeOf(Task task) {
    return Objects.requireNonNull(task.place().runtime());
  }

  /// A row that was loaded for a claim has more in it than the same loaded by its id.
  Task task(ResultSet row) throws SQLException {
    var loaded = TaskRows.read(row);
    situation().tasks.putIfAbsent(loaded.task().id(), loaded);
    return loaded.task();
  }

  void queuedPair(ResultSet row) throws SQLException {
    situation().queuedPairs.add(new Pair(new AgentId(uuid(row, 1)), new IssueId(uuid(row, 2))));
  }

  void activeKey(ResultSet row) throws SQLException {
    situation()
        .activeKeys
        .add(new Situation.ConcurrencyKey(new WorkspaceId(uuid(row, 1)), row.getString(2)));
  }

  void issue(ResultSet row) throws SQLException {
    situation()
        .issues
        .put(
            new IssueId(uuid(row, 1)),
            new Situation.IssueFacts(
                new WorkspaceId(uuid(row, 2)), row.getString(3), row.getString(4)));
  }

  /// A workspace, and the last of the numbers that were taken for its new issues.
  ///
  /// @param taken how many were taken in each
  void numbers(ResultSet row, Map<WorkspaceId, Integer> taken) throws SQLException {
    var workspace = new WorkspaceId(uuid(row, 1));
    var first = row.getInt(3) - Objects.requireNonNull(taken.get(workspace)) + 1;
    situation().workspaces.put(workspace, new Situation.WorkspaceFacts(row.getString(2), first));
  }

  private static Map<String, String> labels(String json) {
    return json.equals("{}") ? Map.of() : JSON.readValue(json, LABELS);
  }

  private static UUID uuid(ResultSet row, int column) throws SQLException {
    return Objects.requireNonNull(row.getObject(column, UUID.class));
  }
}
