package dev.muster.tasks.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.events.id.AgentId;
import dev.muster.events.id.RuntimeId;
import dev.muster.events.id.TaskId;
import dev.muster.tasks.command.TaskCommand;
import dev.muster.tasks.decide.Changes;
import dev.muster.tasks.decide.Situation.ScopedKey;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.SplittableRandom;
import java.util.UUID;
import org.flywaydb.core.Flyway;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The store in memory, on which the simulation runs, does what the one in Postgres does: the same
/// commands leave the same rows and events, and are given the same answers.
///
/// `-Dmuster.test.seeds` says how many histories there are, `-Dmuster.test.seed` makes one of them.
class StoresAgreeTest {
  private static final int SEEDS = Math.min(200, Integer.getInteger("muster.test.seeds", 100));
  private static final int STEPS = 25;
  private static final JsonMapper JSON = JsonMapper.shared();

  private static EmbeddedPostgres postgres;
  private static SingleConnectionDataSource dataSource;
  private static SingleConnectionDataSource somebodyElse;

  @BeforeAll
  static void start() throws IOException, SQLException {
    postgres =
        EmbeddedPostgres.builder()
            .setOverrideWorkingDirectory(Path.of("target", "postgres-binaries").toFile())
            .setServerConfig("listen_addresses", "127.0.0.1")
            .setServerConfig("fsync", "off")
            .start();
    var _ = Flyway.configure().dataSource(postgres.getPostgresDatabase()).load().migrate();
    dataSource = new SingleConnectionDataSource(connect(), true);
    somebodyElse = new SingleConnectionDataSource(connect(), true);
    somebodyElse.getConnection().setAutoCommit(false);
  }

  private static Connection connect() throws SQLException {
    return postgres.getPostgresDatabase().getConnection();
  }

  @AfterAll
  static void stop() throws IOException {
    dataSource.destroy();
    somebodyElse.destroy();
    postgres.close();
  }

  @Test
  void theSameCommandsLeaveTheSameInBoth() throws SQLException {
    var one = Long.getLong("muster.test.seed");
    for (long seed = one == null ? 0 : one; seed < (one == null ? SEEDS : one + 1); seed++) {
      history(seed);
    }
  }

  private static void history(long seed) throws SQLException {
    var both = new BothStores(dataSource, seed);
    var random = new SplittableRandom(seed);
    var commands = new RandomCommands(random, both.rows, both.workspace, both.user);
    for (var step = 0; step < STEPS; step++) {
      var locked = random.nextInt(6) == 0 ? some(both, random) : List.<Object>of();
      var batch = new ArrayList<TaskCommand<?>>();
      if (locked.isEmpty() && random.nextBoolean()) {
        batch.add(commands.any());
      } else {
        for (var i = random.nextInt(1, 8); i > 0; i--) {
          batch.add(commands.skipping());
        }
      }
      var skipsLocked = !locked.isEmpty() || random.nextBoolean();
      var at = "-Dmuster.test.seed=" + seed + ", step " + step + ": " + batch;
      try (var _ = both.hold(locked)) {
        if (!locked.isEmpty()) {
          lock(JdbcClient.create(somebodyElse), locked);
        }
        var came = both.inPostgres(batch, seed * STEPS + step, skipsLocked);
        assertThat(both.inMemory(batch, seed * STEPS + step, skipsLocked)).as(at).isEqualTo(came);
        somebodyElse.getConnection().rollback();
      }
      assertThat(both.rows.tasks.values()).as(at).containsExactlyElementsOf(both.tasksInPostgres());
      if (random.nextInt(4) == 0) {
        both.pass(Duration.ofSeconds(random.nextInt(1, 130)));
      }
    }
    compare(both, "-Dmuster.test.seed=" + seed);
  }

  private static List<Object> some(BothStores both, SplittableRandom random) {
    var all = new ArrayList<Object>();
    all.addAll(both.rows.tasks.keySet());
    all.addAll(both.rows.agents.keySet());
    all.addAll(both.rows.runtimes.keySet());
    return all.stream().filter(_ -> random.nextInt(3) == 0).toList();
  }

  private static void lock(JdbcClient db, List<Object> ids) {
    lock(db, "task", ids.stream().filter(TaskId.class::isInstance).toList());
    lock(db, "agent", ids.stream().filter(AgentId.class::isInstance).toList());
    lock(db, "runtime", ids.stream().filter(RuntimeId.class::isInstance).toList());
  }

  private static void lock(JdbcClient db, String table, Collection<Object> ids) {
    var _ =
        db.sql("SELECT id FROM " + table + " WHERE id = ANY (?::uuid[]) FOR NO KEY UPDATE")
            .param(ids.stream().map(Object::toString).toArray(String[]::new))
            .query()
            .listOfRows();
  }

  private static void compare(BothStores both, String at) {
    var db = JdbcClient.create(dataSource);
    var rows = both.rows;
    var workspace = both.workspace.value();
    assertThat(rows.events.stream().map(StoresAgreeTest::told).toList())
        .as(at)
        .isEqualTo(
            db.sql(
                    "SELECT type, subject_id, seq, data::text FROM outbox WHERE workspace_id = ? ORDER BY id")
                .param(workspace)
                .query((row, _) ->
                    new Told(
                        row.getString(1) + row.getString(2) + row.getString(3),
                        JSON.readTree(row.getString(4))))
                .list());
    assertThat(rows.comments)
        .as(at)
        .extracting(
            row -> row.id() + row.issue().toString() + row.author() + row.content() + row.type())
        .containsExactlyInAnyOrderElementsOf(
            strings(
                db,
                """
                SELECT c.id::text || c.issue_id || c.author_id || c.content || c.type
                  FROM comment c JOIN issue i ON i.id = c.issue_id WHERE i.workspace_id = ?
                """,
                workspace));
    assertThat(rows.attempts)
        .as(at)
        .extracting(row ->
            row.task()
                + "|"
                + row.attempt()
                + "|"
                + row.generation()
                + "|"
                + row.runtime()
                + "|"
                + row.reason().wire()
                + "|"
                + row.error())
        .containsExactlyInAnyOrderElementsOf(
            strings(
                db,
                """
                SELECT concat_ws('|', a.task_id, a.attempt, a.claim_generation, a.runtime_id, a.failure_reason, a.error)
                  FROM task_attempt a JOIN task t ON t.id = a.task_id WHERE t.workspace_id = ?
                """,
                workspace));
    assertThat(rows.keys.entrySet())
        .as(at)
        .extracting(e ->
            text(e.getKey())
                + e.getValue().task()
                + e.getValue().generation()
                + e.getValue().hash())
        .containsExactlyInAnyOrderElementsOf(
            strings(
                db,
                """
                SELECT scope || key || task_id || claim_generation || request_hash FROM idempotency_key
                 WHERE scope IN (SELECT id FROM runtime WHERE workspace_id = ?1 UNION SELECT ?1)
                """
                    .replace("?1", "'" + workspace + "'"),
                null));
    assertThat(rows.issues.values())
        .as(at)
        .extracting(row -> row.id().toString() + row.number() + row.title() + row.status())
        .containsExactlyInAnyOrderElementsOf(
            strings(
                db,
                "SELECT id::text || number || title || status FROM issue WHERE workspace_id = ?",
                workspace));
    assertThat(rows.paces.values())
        .as(at)
        .extracting(row -> Duration.between(row.claimedAt(), row.nextAt()).toMillis())
        .containsExactlyInAnyOrderElementsOf(
            db.sql(
                    """
                    SELECT floor(extract(epoch FROM p.next_at - p.claimed_at) * 1000)::bigint
                      FROM agent_pace p JOIN agent a ON a.id = p.agent_id WHERE a.workspace_id = ?
                    """)
                .param(workspace)
                .query(Long.class)
                .list());
  }

  /// An event, its data whatever the order of the members.
  private record Told(String what, JsonNode data) {}

  private static Told told(Changes.TaskEvent event) {
    return new Told(
        event.type().wire() + event.subject() + event.seq(), JSON.readTree(event.data()));
  }

  private static String text(ScopedKey key) {
    return key.scope() + key.key();
  }

  private static List<String> strings(JdbcClient db, String sql, @Nullable UUID workspace) {
    var statement = db.sql(sql);
    return (workspace == null ? statement : statement.param(workspace))
        .query((row, _) -> row.getString(1))
        .list();
  }
}
