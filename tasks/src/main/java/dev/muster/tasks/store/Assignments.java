package dev.muster.tasks.store;

import dev.muster.events.id.RuntimeId;
import dev.muster.events.id.TaskId;
import dev.muster.events.id.WorkspaceId;
import dev.muster.events.sql.Rows;
import dev.muster.tasks.decide.Placement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/// Queued tasks without a runtime, and the runtimes that could take them, to read.
public final class Assignments {
  public static final int BATCH_MAX = 1_000;
  private static final TypeReference<Map<String, String>> LABELS = new TypeReference<>() {};
  private static final JsonMapper JSON = JsonMapper.shared();

  /// A runtime is given one task more than it can run, so that it never waits for the dispatcher.
  private static final int AHEAD = 1;

  private final JdbcClient db;

  public Assignments(JdbcClient db) {
    this.db = db;
  }

  /// Makes the caller's transaction the only one that assigns tasks of the workspace.
  public void lock(WorkspaceId workspace) {
    db.sql("SELECT 1 FROM pg_advisory_xact_lock(hashtextextended(:workspace, 7))")
        .param("workspace", workspace.toString())
        .query(Integer.class)
        .single();
  }

  /// The workspaces with tasks that nobody has looked at.
  public List<WorkspaceId> waitingWorkspaces() {
    return db
        .sql(
            """
            WITH RECURSIVE waiting AS (
              (SELECT workspace_id FROM task WHERE status = 'queued' AND ready AND assigned_at IS NULL
                ORDER BY workspace_id LIMIT 1)
              UNION ALL
              SELECT (SELECT t.workspace_id FROM task t
                       WHERE t.status = 'queued' AND t.ready AND t.assigned_at IS NULL AND t.workspace_id > waiting.workspace_id
                       ORDER BY t.workspace_id LIMIT 1)
                FROM waiting WHERE waiting.workspace_id IS NOT NULL
            )
            SELECT workspace_id FROM waiting WHERE workspace_id IS NOT NULL
            """)
        .query(Rows.id())
        .list()
        .stream()
        .map(WorkspaceId::new)
        .toList();
  }

  private record PinnedRow(UUID id, UUID runtimeId) {}

  /// Tasks whose agents name their runtimes and that were not assigned when they were made; their
  /// rows are locked.
  public List<Placement.Assignment> pinned(WorkspaceId workspace) {
    return db
        .sql(
            """
            SELECT id, runtime_id FROM task
             WHERE workspace_id = :workspace AND status = 'queued' AND ready AND assigned_at IS NULL AND pinned
               AND runtime_id IS NOT NULL
             ORDER BY rank_at, id LIMIT :batch_max
               FOR NO KEY UPDATE SKIP LOCKED
            """)
        .param("workspace", workspace.value())
        .param("batch_max", BATCH_MAX)
        .query(Rows.of(PinnedRow.class))
        .list()
        .stream()
        .map(row -> new Placement.Assignment(new TaskId(row.id()), new RuntimeId(row.runtimeId())))
        .toList();
  }

  private record WaitingRow(
      UUID id,
      @Nullable String requiredProvider,
      String requiredLabels,
      double waitedSeconds,
      @Nullable UUID priorRuntimeId,
      @Nullable UUID gaveBackId) {}

  /// The tasks that leave a choice, in the order in which they are to be served: of each agent no
  /// more than it may run, and of an agent and an issue one, so that what cannot begin yet takes no
  /// runtime's place from what can.
  public List<Placement.Waiting> waiting(WorkspaceId workspace) {
    return db
        .sql(
            """
            SELECT head.id, head.required_provider, head.required_labels::text AS required_labels,
                   extract(epoch FROM now() - head.queued_at)::float8 AS waited_seconds,
                   coalesce(head.session_runtime_id, prior.runtime_id) AS prior_runtime_id,
                   CASE WHEN head.failure_reason = 'released' THEN (
                     SELECT x.runtime_id FROM task_attempt x
                      WHERE x.task_id = head.id ORDER BY x.claim_generation DESC LIMIT 1) END AS gave_back_id
              FROM agent a
              CROSS JOIN LATERAL (
                SELECT (SELECT count(*) FROM task t WHERE t.agent_id = a.id AND t.status IN ('dispatched', 'running'))
                       + (SELECT count(*) FROM task t
                           WHERE t.agent_id = a.id AND t.status = 'queued' AND NOT t.pinned AND t.runtime_id IS NOT NULL)
                       AS taken) active
              CROSS JOIN LATERAL (
                SELECT t.* FROM task t
                 WHERE t.runtime_id IS NULL AND t.agent_id = a.id AND t.status = 'queued' AND t.ready AND NOT t.pinned
                   AND NOT EXISTS (SELECT FROM task x
                                    WHERE x.agent_id = t.agent_id AND x.issue_id = t.issue_id
                                      AND x.status IN ('dispatched', 'running'))
                   AND NOT EXISTS (SELECT FROM task x
                                    WHERE x.issue_id = t.issue_id AND x.agent_id = t.agent_id AND x.status = 'queued'
                                      AND (x.runtime_id IS NOT NULL OR x.ready AND (x.rank_at, x.id) < (t.rank_at, t.id)))
                 ORDER BY t.rank_at, t.id
                 LIMIT greatest(0, least(:batch_max, a.max_concurrent_tasks + :ahead - active.taken))) head
              LEFT JOIN LATERAL (
                SELECT p.runtime_id FROM task p
                 WHERE p.issue_id = head.issue_id AND p.agent_id = head.agent_id AND p.status = 'completed'
                   AND p.session_id IS NOT NULL
                 ORDER BY p.completed_at DESC LIMIT 1) prior ON true
             WHERE a.workspace_id = :workspace AND a.intake <> 'paused'
               AND NOT EXISTS (SELECT FROM budget b
                                WHERE b.scope_id IN (a.id, a.workspace_id) AND b.stopped_until > now())
             ORDER BY head.rank_at, head.id
             LIMIT :batch_max
            """)
        .param("workspace", workspace.value())
        .param("ahead", AHEAD)
        .param("batch_max", BATCH_MAX)
        .query(Rows.of(WaitingRow.class))
        .list()
        .stream()
        .map(row ->
            new Placement.Waiting(
                new TaskId(row.id()),
                row.requiredProvider(),
                JSON.readValue(row.requiredLabels(), LABELS),
                Duration.ofMillis((long) (row.waitedSeconds() * 1_000)),
                runtime(row.priorRuntimeId()),
                runtime(row.gaveBackId())))
        .toList();
  }

  private static @Nullable RuntimeId runtime(@Nullable UUID id) {
    return id == null ? null : new RuntimeId(id);
  }

  private record CandidateRow(UUID id, String provider, String labels, int room) {}

  /// The workspace's runtimes that are online and take work, and the room each has.
  ///
  /// What is queued there takes room, as far as it can begin. Mostly all of it can, so it is
  /// counted by agent only where a runtime has free slots and seems to have no room: else the tasks
  /// of a paused agent, or of one that is at its cap, would keep others from an idle runtime.
  public List<Placement.Candidate> candidates(WorkspaceId workspace) {
    return db
        .sql(
            """
            SELECT r.id, r.provider, r.labels::text AS labels,
                   CASE WHEN active.tasks >= r.max_concurrent_tasks OR active.tasks + waiting.tasks < slots.ahead
                        THEN slots.ahead - active.tasks - waiting.tasks
                        ELSE slots.ahead - active.tasks - able.tasks END::int AS room
              FROM runtime r
              CROSS JOIN LATERAL (SELECT r.max_concurrent_tasks + :ahead AS ahead) AS slots
              CROSS JOIN LATERAL (
                SELECT count(*) AS tasks FROM task t WHERE t.runtime_id = r.id AND t.status IN ('dispatched', 'running')) AS active
              CROSS JOIN LATERAL (
                -- In the order of the index, or what has to be counted is looked for in all that is queued.
                SELECT count(*) AS tasks FROM (SELECT FROM task t
                                                WHERE t.runtime_id = r.id AND t.status = 'queued' AND t.ready
                                                ORDER BY t.agent_id, t.rank_at, t.id
                                                LIMIT slots.ahead) AS queued) AS waiting
              LEFT JOIN LATERAL (
                SELECT coalesce(sum(of_agent.tasks), 0) AS tasks
                  FROM agent a
                  CROSS JOIN LATERAL (
                    SELECT count(*) AS tasks FROM (
                      SELECT FROM task t
                       WHERE t.runtime_id = r.id AND t.agent_id = a.id AND t.status = 'queued' AND t.ready
                       ORDER BY t.rank_at, t.id
                       LIMIT greatest(0, least(slots.ahead, a.max_concurrent_tasks - (
                         SELECT count(*) FROM task x WHERE x.agent_id = a.id AND x.status IN ('dispatched', 'running'))))
                    ) AS queued) AS of_agent
                 WHERE a.workspace_id = r.workspace_id AND a.intake <> 'paused'
                   AND NOT EXISTS (SELECT FROM budget b WHERE b.scope_id = a.id AND b.stopped_until > now())
              ) AS able ON active.tasks < r.max_concurrent_tasks AND active.tasks + waiting.tasks >= slots.ahead
             WHERE r.workspace_id = :workspace AND r.status = 'online' AND r.intake = 'open' AND NOT r.deaf
             ORDER BY r.id
            """)
        .param("workspace", workspace.value())
        .param("ahead", AHEAD)
        .query(Rows.of(CandidateRow.class))
        .list()
        .stream()
        .map(row ->
            new Placement.Candidate(
                new RuntimeId(row.id()),
                row.provider(),
                JSON.readValue(row.labels(), LABELS),
                row.room()))
        .toList();
  }
}
