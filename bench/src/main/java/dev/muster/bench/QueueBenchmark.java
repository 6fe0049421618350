package dev.muster.bench;

import java.io.IOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.HdrHistogram.Histogram;

/// How long a claim takes, and what else people ask for, when few tasks are there and when very
/// many are: some wait for the runtimes that claim, some for others, some for no runtime that there
/// is; most have ended.
///
/// It runs against a started Muster, as [LifecycleBenchmark], and fills its database past the api:
/// the feed does not tell of those tasks.
public final class QueueBenchmark {
  private static final int QUEUED = Integer.getInteger("muster.bench.queued", 1_000_000);
  private static final int FINISHED = Integer.getInteger("muster.bench.finished", 10_000_000);
  private static final int ROUNDS = Integer.getInteger("muster.bench.rounds", 2_000);
  private static final int WARM_UP = Integer.getInteger("muster.bench.warmup", 3_000);
  private static final int RUNTIMES = 8;
  private static final int FILL_AT_ONCE = 500_000;
  private static final Pattern TASK = Pattern.compile("\"task\":\\{\"id\":\"([0-9a-f-]{36})\"");
  private static final double NANOS_PER_MILLI = 1e6;

  private final StartedMuster muster;
  private final String workspace;
  private final List<String> runtimes = new ArrayList<>();
  private final List<String> agents = new ArrayList<>();
  private HttpLine line;

  private QueueBenchmark(StartedMuster muster) throws IOException {
    this.muster = muster;
    this.line = muster.line();
    var slug = "bench-" + Long.toString(System.nanoTime(), 36);
    workspace = post("/api/workspaces", "{\"name\":\"Bench\",\"slug\":\"%s\"}".formatted(slug));
    for (var i = 0; i < 2 * RUNTIMES; i++) {
      runtimes.add(
          post(
              "/api/daemon/register",
              "{\"workspace_id\":\"%s\",\"daemon_id\":\"bench%d\",\"runtimes\":[{\"type\":\"claude\",\"max_concurrent_tasks\":4}]}"
                  .formatted(workspace, i)));
      agents.add(agent("\"runtime_id\":\"" + runtimes.getLast() + "\""));
    }
    agents.add(agent("\"provider\":\"nobody\""));
  }

  public static void main(String[] arguments) throws Exception {
    var muster = StartedMuster.ofEnvironment();
    try (var db = DriverManager.getConnection(muster.jdbcUrl())) {
      var bench = new QueueBenchmark(muster);
      bench.measure("warm-up", WARM_UP);
      bench.measure("few tasks", ROUNDS);
      bench.fill(db);
      bench.measure("warm-up", WARM_UP);
      bench.measure("%,d queued, %,d finished".formatted(QUEUED, FINISHED), ROUNDS);
    }
  }

  private String post(String path, String body) throws IOException {
    return Ids.first(line.post(path, "", body));
  }

  private String agent(String where) throws IOException {
    return post(
        "/api/agents?workspace_id=" + workspace,
        "{\"name\":\"Bench\",%s,\"max_concurrent_tasks\":4}".formatted(where));
  }

  /// Of those that wait, half wait for the runtimes that claim.
  private void fill(Connection db) throws SQLException {
    var begin = System.nanoTime();
    execute(
        db,
        """
        INSERT INTO issue (workspace_id, number, title, creator_type, creator_id)
        SELECT '%s', 1000000 + n, 'Filler', 'member', gen_random_uuid() FROM generate_series(1, %d) n
        """
            .formatted(workspace, QUEUED));
    execute(
        db,
        """
        INSERT INTO task (workspace_id, agent_id, issue_id, runtime_id, pinned, required_provider, rank_at, assigned_at)
        SELECT i.workspace_id, a.id, i.id, a.runtime_id, a.runtime_id IS NOT NULL, a.provider, now(),
               CASE WHEN a.runtime_id IS NOT NULL THEN now() END
          FROM issue i
          JOIN (SELECT row_number() OVER () - 1 AS place, agents.agent
                  FROM unnest('{%s}'::uuid[]) AS agents (agent)) AS chosen ON chosen.place = i.number %% %d
          JOIN agent a ON a.id = chosen.agent
         WHERE i.workspace_id = '%s' AND i.number > 1000000
        """
            .formatted(String.join(",", agents), agents.size(), workspace));
    for (var made = 0; made < FINISHED; made += FILL_AT_ONCE) {
      execute(
          db,
          """
          INSERT INTO task (workspace_id, agent_id, issue_id, runtime_id, pinned, status, claim_generation, dispatched_at,
                            started_at, completed_at, created_at, event_seq)
          SELECT i.workspace_id, a.id, i.id, a.runtime_id, true, 'completed', 1, now(), now(), now(),
                 now() - make_interval(secs => n), 5
            FROM generate_series(%d, %d) n
            JOIN issue i ON i.workspace_id = '%s' AND i.number = 1000001 + n %% %d
            JOIN agent a ON a.id = ('{%s}'::uuid[])[1 + n %% %d]
          """
              .formatted(
                  made + 1,
                  Math.min(FINISHED, made + FILL_AT_ONCE),
                  workspace,
                  QUEUED,
                  String.join(",", agents.subList(0, 2 * RUNTIMES)),
                  2 * RUNTIMES));
    }
    execute(db, "VACUUM ANALYZE task");
    execute(db, "VACUUM ANALYZE issue");
    System.out.printf("filled in %d s%n", (System.nanoTime() - begin) / 1_000_000_000);
  }

  private static void execute(Connection db, String sql) throws SQLException {
    try (var statement = db.createStatement()) {
      statement.execute(sql);
    }
  }

  private void measure(String when, int rounds) throws IOException {
    // A connection that was idle for as long as it takes to fill a database is closed.
    line.close();
    line = muster.line();
    var claims = new Histogram(3);
    var creates = new Histogram(3);
    for (var i = 0; i < rounds; i++) {
      var at = i % RUNTIMES;
      creates.recordValue(
          timed(() ->
              post(
                  "/api/tasks?workspace_id=" + workspace,
                  "{\"title\":\"Work\",\"agent_id\":\"%s\"}".formatted(agents.get(at)))));
      var answer = new String[1];
      claims.recordValue(
          timed(() ->
              answer[0] =
                  line.post(
                      "/api/daemon/runtimes/" + runtimes.get(at) + "/tasks/claim", "", "{}")));
      var task = TASK.matcher(answer[0]);
      if (!task.find()) {
        throw new IOException("nothing to claim: " + answer[0]);
      }
      line.post("/api/daemon/tasks/" + task.group(1) + "/start", "", "{}");
      line.post("/api/daemon/tasks/" + task.group(1) + "/complete", "", "{\"output\":\"Done.\"}");
    }
    System.out.printf("%s: claim %s; create %s%n", when, text(claims), text(creates));
    for (var path :
        List.of(
            "/api/tasks?workspace_id=" + workspace,
            "/api/tasks?status=queued&workspace_id=" + workspace,
            "/api/tasks?status=running&workspace_id=" + workspace,
            "/api/tasks?status=failed&workspace_id=" + workspace,
            "/api/daemon/runtimes/" + runtimes.getFirst() + "/tasks/pending",
            "/metrics",
            "/api/tasks/waiting?workspace_id=" + workspace,
            "/api/workspaces/" + workspace + "/snapshot",
            "/api/issues?workspace_id=" + workspace)) {
      line.get(path);
      System.out.printf(
          "  GET %s: %.1f ms%n",
          path.replace(workspace, "…"), timed(() -> line.get(path)) / NANOS_PER_MILLI);
    }
  }

  private interface Call {
    Object make() throws IOException;
  }

  private static long timed(Call call) throws IOException {
    var begin = System.nanoTime();
    var _ = call.make();
    return System.nanoTime() - begin;
  }

  private static String text(Histogram times) {
    return "p50 %.2f ms, p95 %.2f, p99 %.2f, max %.1f"
        .formatted(
            times.getValueAtPercentile(50) / NANOS_PER_MILLI,
            times.getValueAtPercentile(95) / NANOS_PER_MILLI,
            times.getValueAtPercentile(99) / NANOS_PER_MILLI,
            times.getMaxValue() / NANOS_PER_MILLI);
  }
}
