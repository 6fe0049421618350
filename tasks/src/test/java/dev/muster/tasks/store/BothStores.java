package dev.muster.tasks.store;

import dev.muster.events.id.AgentId;
import dev.muster.events.id.RuntimeId;
import dev.muster.events.id.UserId;
import dev.muster.events.id.WorkspaceId;
import dev.muster.tasks.command.Deadlines;
import dev.muster.tasks.command.Limits;
import dev.muster.tasks.command.TaskCommand;
import dev.muster.tasks.decide.Changes;
import dev.muster.tasks.decide.Decider;
import dev.muster.tasks.decide.Intake;
import dev.muster.tasks.decide.Situation;
import dev.muster.tasks.decide.Situation.AgentFacts;
import dev.muster.tasks.decide.Situation.RuntimeFacts;
import dev.muster.tasks.decide.Task;
import dev.muster.tasks.decide.TaskTransaction;
import dev.muster.tasks.decide.TaskTransactions;
import dev.muster.tasks.decide.Visibility;
import dev.muster.tasks.lane.Batches;
import dev.muster.tasks.memory.MemoryTransactions;
import dev.muster.tasks.memory.Rows;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.UUID;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/// One workspace in Postgres and in memory, to which the same is done.
final class BothStores {
  static final Deadlines DEADLINES =
      new Deadlines(
          Duration.ofSeconds(30),
          Duration.ofSeconds(100),
          Duration.ofSeconds(45),
          Duration.ofSeconds(60),
          Duration.ofSeconds(300),
          Duration.ZERO,
          Duration.ofSeconds(60),
          Duration.ofSeconds(30),
          Duration.ofSeconds(600),
          Duration.ofDays(7),
          Duration.ZERO);

  final WorkspaceId workspace;
  final UserId user;
  final Rows rows = new Rows(Instant.EPOCH);
  private final JdbcClient db;
  private final MemoryTransactions memory = new MemoryTransactions(rows);
  private final PostgresTransactions postgres;
  private final SplittableRandom random;

  BothStores(DataSource dataSource, long seed) {
    db = JdbcClient.create(dataSource);
    postgres = new PostgresTransactions(dataSource);
    random = new SplittableRandom(~seed);
    workspace = new WorkspaceId(id());
    user = new UserId(id());
    fill(seed);
  }

  private UUID id() {
    return new UUID(random.nextLong(), random.nextLong());
  }

  private void fill(long seed) {
    db.sql("INSERT INTO app_user (id, name, email) VALUES (?, 'u', ?)")
        .param(user.value())
        .param("u" + seed + "@" + user)
        .update();
    db.sql("INSERT INTO workspace (id, name, slug, issue_prefix) VALUES (?, 'w', ?, 'BOTH')")
        .param(workspace.value())
        .param("w" + workspace)
        .update();
    rows.workspaces.put(workspace, new Rows.Workspace("BOTH", 0));
    var first = runtime("claude", "{}", Map.of(), 3, false, Intake.OPEN, true);
    var _ = runtime("claude", "{\"gpu\": \"a\"}", Map.of("gpu", "a"), 2, true, Intake.OPEN, true);
    var _ =
        runtime(
            "codex",
            "{}",
            Map.of(),
            1,
            true,
            random.nextInt(4) == 0 ? Intake.PAUSED : Intake.OPEN,
            random.nextBoolean());
    agent(first, null, "{}", Map.of(), random.nextInt(1, 4), null);
    agent(first, null, "{}", Map.of(), 2, random.nextInt(1, 4));
    agent(null, "claude", "{}", Map.of(), 2, random.nextBoolean() ? 2 : null);
    agent(null, "claude", "{\"gpu\": \"a\"}", Map.of("gpu", "a"), 3, null);
    agent(null, "codex", "{}", Map.of(), 1, null);
  }

  private RuntimeId runtime(
      String provider,
      String json,
      Map<String, String> labels,
      int cap,
      boolean isSerial,
      Intake intake,
      boolean isOnline) {
    var id = new RuntimeId(id());
    var process = random.nextBoolean() ? "p1" : null;
    db.sql(
            """
            INSERT INTO runtime (id, workspace_id, daemon_id, name, provider, labels, max_concurrent_tasks, serial, intake, status, process_id)
            VALUES (?, ?, ?, 'r', ?, ?::jsonb, ?, ?, ?, ?, ?)
            """)
        .param(id.value())
        .param(workspace.value())
        .param(id.toString())
        .param(provider)
        .param(json)
        .param(cap)
        .param(isSerial)
        .param(intake.wire())
        .param(isOnline ? "online" : "offline")
        .param(process)
        .update();
    rows.runtimes.put(
        id,
        new Rows.RuntimeRow(
            new RuntimeFacts(id, workspace, process, intake, cap, isSerial, provider, labels),
            isOnline,
            false));
    return id;
  }

  private void agent(
      @Nullable RuntimeId runtime,
      @Nullable String provider,
      String json,
      Map<String, String> labels,
      int cap,
      @Nullable Integer rate) {
    var id = new AgentId(id());
    var limits =
        new Limits(
            random.nextBoolean() ? random.nextInt(1, 200) : null,
            random.nextBoolean() ? random.nextInt(1, 200) : null);
    var isPrivate = random.nextInt(5) == 0;
    var intake =
        random.nextInt(8) == 0
            ? Intake.PAUSED
            : random.nextInt(12) == 0 ? Intake.DRAINING : Intake.OPEN;
    db.sql(
            """
            INSERT INTO agent (id, workspace_id, runtime_id, provider, labels, name, max_concurrent_tasks, rate_per_minute, visibility, intake,
                               timeout_seconds, idle_timeout_seconds)
            VALUES (?, ?, ?, ?, ?::jsonb, 'agent', ?, ?, ?, ?, ?, ?)
            """)
        .param(id.value())
        .param(workspace.value())
        .param(runtime == null ? null : runtime.value())
        .param(provider)
        .param(json)
        .param(cap)
        .param(rate)
        .param(isPrivate ? "private" : "workspace")
        .param(intake.wire())
        .param(limits.timeoutSeconds())
        .param(limits.idleTimeoutSeconds())
        .update();
    rows.agents.put(
        id,
        new AgentFacts(
            id,
            workspace,
            runtime,
            provider,
            json,
            labels,
            "agent",
            "{\"id\": \"" + id + "\", \"name\": \"agent\", \"instructions\": \"\"}",
            intake,
            isPrivate ? Visibility.PRIVATE : Visibility.WORKSPACE,
            null,
            cap,
            rate,
            null,
            null,
            null,
            limits,
            null));
  }

  /// What came of a batch in one of the stores.
  record Came(@Nullable List<@Nullable Object> answers, @Nullable Class<?> failure) {}

  Came inPostgres(List<? extends TaskCommand<?>> commands, long seed, boolean skipsLocked) {
    return run(new Clocked(), commands, seed, skipsLocked);
  }

  Came inMemory(List<? extends TaskCommand<?>> commands, long seed, boolean skipsLocked) {
    return run(memory, commands, seed, skipsLocked);
  }

  MemoryTransactions.Held hold(List<?> ids) {
    return memory.hold(ids);
  }

  private static Came run(
      TaskTransactions store,
      List<? extends TaskCommand<?>> commands,
      long seed,
      boolean skipsLocked) {
    var numbers = new SplittableRandom(seed);
    try {
      var decision =
          new Batches(store, new Decider(DEADLINES), () -> numbers, _ -> {})
              .run(commands, List.of(), skipsLocked);
      return new Came(decision.answers(), null);
    } catch (RuntimeException e) {
      return new Came(null, e.getClass());
    }
  }

  /// Postgres, whose clock is the memory's too.
  private final class Clocked implements TaskTransactions {
    @Override
    public TaskTransaction begin() {
      var transaction = postgres.begin();
      return new TaskTransaction() {
        @Override
        public Situation load(List<? extends TaskCommand<?>> commands, boolean skipsLocked) {
          var situation = transaction.load(commands, skipsLocked);
          rows.now = situation.now;
          return situation;
        }

        @Override
        public void write(Changes changes) {
          transaction.write(changes);
        }

        @Override
        public void close() {
          transaction.close();
        }
      };
    }
  }

  /// The tasks as Postgres has them.
  List<Task> tasksInPostgres() {
    var commands = rows.tasks.keySet().stream().map(TaskCommand.Cancel::new).toList();
    try (var transaction = postgres.begin()) {
      var situation = transaction.load(commands, false);
      return rows.tasks.keySet().stream()
          .map(id -> Objects.requireNonNull(situation.tasks.get(id), "in Postgres").task())
          .toList();
    }
  }

  /// Lets time pass, by moving all that was.
  void pass(Duration time) {
    db.sql(
            """
            UPDATE task
               SET created_at = created_at - d, queued_at = queued_at - d, assigned_at = assigned_at - d,
                   dispatched_at = dispatched_at - d, delivered_at = delivered_at - d, started_at = started_at - d,
                   completed_at = completed_at - d, deadline_at = deadline_at - d, run_after = run_after - d,
                   rank_at = rank_at - d, expires_at = expires_at - d, cancel_requested_at = cancel_requested_at - d
              FROM (SELECT ? * interval '1 second' AS d) AS by
             WHERE workspace_id = ?
            """)
        .param(time.toSeconds())
        .param(workspace.value())
        .update();
    db.sql(
            """
            UPDATE agent_pace
               SET claimed_at = claimed_at - ? * interval '1 second', next_at = next_at - ? * interval '1 second'
             WHERE agent_id IN (SELECT id FROM agent WHERE workspace_id = ?)
            """)
        .param(time.toSeconds())
        .param(time.toSeconds())
        .param(workspace.value())
        .update();
    rows.tasks.replaceAll((_, task) -> Earlier.by(task, time));
    rows.paces.replaceAll(
        (_, pace) -> new Rows.Pace(pace.claimedAt().minus(time), pace.nextAt().minus(time)));
  }
}
