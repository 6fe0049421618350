package dev.muster.standalone;

import java.util.UUID;
import org.springframework.context.ApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;

/// A workspace in which much has ended, much waits for what nobody offers, and little is to be
/// done: what is looked up all the time must not pass by all of that.
///
/// @param runtime to which the agents' tasks went
/// @param task the one that can be run
public record LongHistory(UUID workspace, UUID runtime, UUID task) {
  private static final int ENDED = 20_000;
  private static final int UNWANTED = 3_000;

  /// More rows than it takes to find what is to be done, and far fewer than there are.
  public static final int FEW = 500;

  /// Fills a database with it.
  public static LongHistory make(JdbcClient db) {
    var history =
        db.sql(
                """
                WITH w AS (
                  INSERT INTO workspace (name, slug, issue_prefix)
                  VALUES ('Long', gen_random_uuid()::text, 'LNG') RETURNING id
                ), r AS (
                  INSERT INTO runtime (workspace_id, daemon_id, name, provider, status, max_concurrent_tasks)
                  SELECT id, 'dm', 'Long', 'claude', 'online', 4 FROM w RETURNING id, workspace_id
                ), away AS (
                  INSERT INTO runtime (workspace_id, daemon_id, name, provider, status)
                  SELECT id, 'away', 'Away', 'claude', 'offline' FROM w RETURNING id, workspace_id
                ), of_away AS (
                  INSERT INTO agent (workspace_id, runtime_id, name) SELECT workspace_id, id, 'of away' FROM away
                  RETURNING id, workspace_id, runtime_id
                ), l AS (
                  INSERT INTO runtime_liveness (runtime_id, last_claim_at) SELECT id, now() FROM r
                ), a AS (
                  INSERT INTO agent (workspace_id, provider, name, max_concurrent_tasks)
                  SELECT w.id, p.provider, p.provider, 4 FROM w, (VALUES ('claude'), ('nobody')) AS p (provider)
                  RETURNING id, workspace_id, provider
                ), pinned AS (
                  INSERT INTO agent (workspace_id, runtime_id, name) SELECT workspace_id, id, 'pinned' FROM r
                ), i AS (
                  INSERT INTO issue (workspace_id, number, title, creator_type, creator_id)
                  SELECT id, n, 'Long', 'member', id FROM w, generate_series(1, :ended) AS n
                  RETURNING id, workspace_id, number
                ), ended AS (
                  INSERT INTO task (workspace_id, agent_id, issue_id, runtime_id, pinned, status, completed_at, started_at,
                                    claim_generation)
                  SELECT i.workspace_id, a.id, i.id, r.id, false, 'completed', now(), now(), 1
                    FROM i JOIN a USING (workspace_id) JOIN r USING (workspace_id) WHERE a.provider = 'claude'
                ), unwanted AS (
                  INSERT INTO task (workspace_id, agent_id, issue_id, pinned, required_provider)
                  SELECT i.workspace_id, a.id, i.id, false, a.provider
                    FROM i JOIN a USING (workspace_id) WHERE a.provider = 'nobody' AND i.number <= :unwanted
                ), waiting AS (
                  INSERT INTO task (workspace_id, agent_id, issue_id, runtime_id, pinned, assigned_at)
                  SELECT i.workspace_id, a.id, i.id, a.runtime_id, true, now()
                    FROM i JOIN of_away a USING (workspace_id) WHERE i.number >= 3
                ), wanted AS (
                  INSERT INTO task (workspace_id, agent_id, issue_id, pinned, required_provider)
                  SELECT i.workspace_id, a.id, i.id, false, a.provider
                    FROM i JOIN a USING (workspace_id) WHERE a.provider = 'claude' AND i.number = 1
                  RETURNING id
                )
                SELECT w.id AS workspace, r.id AS runtime, wanted.id AS task FROM w, r, wanted
                """)
            .param("ended", ENDED)
            .param("unwanted", UNWANTED)
            .query((row, _) ->
                new LongHistory(
                    row.getObject("workspace", UUID.class),
                    row.getObject("runtime", UUID.class),
                    row.getObject("task", UUID.class)))
            .single();
    db.sql("ANALYZE task").update();
    return history;
  }

  /// Adds one more task, of an agent that names its runtime.
  public void addPinned(JdbcClient db) {
    db.sql(
            """
            INSERT INTO task (workspace_id, agent_id, issue_id, runtime_id, pinned)
            SELECT a.workspace_id, a.id, i.id, a.runtime_id, true
              FROM agent a JOIN issue i ON i.workspace_id = a.workspace_id AND i.number = 2
             WHERE a.workspace_id = :workspace AND a.name = 'pinned'
            """)
        .param("workspace", workspace)
        .update();
  }

  /// How many rows of tasks some work of an application reads, by Postgres's own count: it goes on
  /// from one transaction of a connection to the next for a while.
  public static long rowsRead(ApplicationContext application, Runnable work) {
    var db = application.getBean(JdbcClient.class);
    var read =
        application
            .getBean(TransactionTemplate.class)
            .execute(_ -> {
              var before = rowsRead(db);
              work.run();
              return rowsRead(db) - before;
            });
    return read == null ? 0 : read;
  }

  private static long rowsRead(JdbcClient db) {
    return db.sql(
            """
            SELECT coalesce(sum(seq_tup_read + coalesce(idx_tup_fetch, 0)), 0)::bigint
              FROM pg_stat_xact_user_tables WHERE relname = 'task'
            """)
        .query(Long.class)
        .single();
  }
}
