package dev.muster.api.budget;

import dev.muster.events.feed.Outbox;
import dev.muster.events.id.AgentId;
import dev.muster.events.id.WorkspaceId;
import dev.muster.events.sql.Rows;
import java.math.BigDecimal;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/// Counts what is used on each UTC day, and stops who has used up a budget until that day is over.
///
/// Counter, budget and stop of an agent or a workspace are one row, which every report and every
/// change of the budget locks first: whichever comes second sees what the first has done. A report
/// locks in one order (its runtime's row, then those of agent and workspace by their ids), so two
/// never wait for each other. A claim reads `stopped_until` by its key, and locks nothing here: one
/// that was decided before the budget was reached goes on.
@Repository
public class Budgets {
  private final JdbcClient db;
  private final Outbox outbox;

  Budgets(JdbcClient db, Outbox outbox) {
    this.db = db;
    this.outbox = outbox;
  }

  /// Counts tokens in the transaction that stores what was reported of them. Of what a runtime
  /// reports and what its tasks report the greater counts for the workspace, since both may tell of
  /// the same.
  ///
  /// @param tokens how many more than at the last report; less than nothing if they were corrected
  @Transactional(propagation = Propagation.MANDATORY)
  public void spend(Spender spender, BigDecimal tokens) {
    var agent = spender.agent() == null ? null : spender.agent().value();
    var forWorkspace =
        spender.runtime() == null
            ? tokens
            : ofRuntime(spender.workspace(), spender.runtime().value(), agent != null, tokens);
    var scopes =
        db.sql(
                """
                INSERT INTO budget AS b (scope_id, workspace_id, agent_id, day, spent)
                SELECT scope_id, :workspace, agent_id, (now() AT TIME ZONE 'UTC')::date, greatest(0, spent)
                  FROM (VALUES (:agent::uuid, :agent::uuid, :tokens::numeric), (:workspace::uuid, NULL, :for_workspace::numeric))
                       AS s (scope_id, agent_id, spent)
                 WHERE scope_id IS NOT NULL
                 ORDER BY scope_id
                ON CONFLICT (scope_id) DO UPDATE
                   SET day = greatest(b.day, excluded.day),
                       spent = greatest(0, CASE WHEN b.day >= excluded.day THEN b.spent ELSE 0 END
                                           + CASE WHEN excluded.agent_id IS NULL THEN :for_workspace::numeric
                                                  ELSE :tokens::numeric END)
                RETURNING scope_id
                """)
            .param("workspace", spender.workspace().value())
            .param("agent", agent)
            .param("tokens", tokens)
            .param("for_workspace", forWorkspace)
            .query(Rows.id())
            .list();
    judge(scopes);
  }

  /// Returns by how much the day's greater count has grown.
  private BigDecimal ofRuntime(
      WorkspaceId workspace, UUID runtime, boolean byTask, BigDecimal tokens) {
    return db.sql(
            """
            INSERT INTO runtime_spending AS s (runtime_id, workspace_id, day, reported, by_tasks)
            VALUES (:runtime, :workspace, (now() AT TIME ZONE 'UTC')::date, greatest(0, :reported::numeric),
                    greatest(0, :by_tasks::numeric))
            ON CONFLICT (runtime_id) DO UPDATE
               SET day = greatest(s.day, excluded.day),
                   reported = greatest(0, CASE WHEN s.day >= excluded.day THEN s.reported ELSE 0 END + :reported::numeric),
                   by_tasks = greatest(0, CASE WHEN s.day >= excluded.day THEN s.by_tasks ELSE 0 END + :by_tasks::numeric)
            RETURNING greatest(new.reported, new.by_tasks)
                      - CASE WHEN old.day = new.day THEN greatest(old.reported, old.by_tasks) ELSE 0 END
            """)
        .param("runtime", runtime)
        .param("workspace", workspace.value())
        .param("reported", byTask ? BigDecimal.ZERO : tokens)
        .param("by_tasks", byTask ? tokens : BigDecimal.ZERO)
        .query(BigDecimal.class)
        .single();
  }

  /// Stops whoever has reached a budget, lets go on who has not, and tells of the first once a day.
  /// The rows are locked by the caller's transaction.
  private void judge(List<UUID> scopes) {
    var told =
        db.sql(
                """
                WITH judged AS (
                  UPDATE budget b
                     SET stopped_until = CASE WHEN b.spent >= b.tokens_per_day THEN (b.day + 1)::timestamp AT TIME ZONE 'UTC' END,
                         told_on = CASE WHEN b.spent >= b.tokens_per_day THEN b.day ELSE b.told_on END
                   WHERE b.scope_id = ANY (:scopes) AND (b.tokens_per_day IS NOT NULL OR b.stopped_until IS NOT NULL)
                  RETURNING new AS b, old.told_on
                )
                INSERT INTO outbox (workspace_id, type, subject_id, data)
                SELECT (b).workspace_id, 'budget.reached', (b).scope_id, budget_event(b) FROM judged
                 WHERE (b).stopped_until IS NOT NULL AND told_on IS DISTINCT FROM (b).day
                """)
            .param("scopes", scopes.toArray(UUID[]::new))
            .update();
    if (told > 0) {
      outbox.wake();
    }
  }

  /// Sets the budget of an agent, or of the whole workspace where none is named.
  @Transactional
  public BudgetView set(WorkspaceId workspace, @Nullable AgentId agent, BudgetFields fields) {
    var tokensPerDay = fields.checked();
    var scope = agent == null ? workspace.value() : agent.value();
    var changed =
        db.sql(
                """
                INSERT INTO budget AS b (scope_id, workspace_id, agent_id, tokens_per_day, day)
                VALUES (:scope, :workspace, :agent::uuid, :tokens::bigint, (now() AT TIME ZONE 'UTC')::date)
                ON CONFLICT (scope_id) DO UPDATE
                   SET day = greatest(b.day, excluded.day), tokens_per_day = excluded.tokens_per_day,
                       spent = CASE WHEN b.day >= excluded.day THEN b.spent ELSE 0 END,
                       told_on = CASE WHEN b.tokens_per_day IS NOT DISTINCT FROM excluded.tokens_per_day THEN b.told_on END
                RETURNING old.tokens_per_day IS DISTINCT FROM new.tokens_per_day
                """)
            .param("scope", scope)
            .param("workspace", workspace.value())
            .param("agent", agent == null ? null : agent.value())
            .param("tokens", tokensPerDay)
            .query(Boolean.class)
            .single();
    judge(List.of(scope));
    if (changed) {
      tellUpdated(scope);
    }
    return of(scope);
  }

  private void tellUpdated(UUID scope) {
    db.sql(
            """
            INSERT INTO outbox (workspace_id, type, subject_id, data)
            SELECT workspace_id, 'budget.updated', scope_id, budget_event(b) FROM budget b WHERE scope_id = :scope
            """)
        .param("scope", scope)
        .update();
    outbox.wake();
  }

  /// The budget of an agent or a workspace, and what is used of it today.
  public BudgetView of(UUID scope) {
    return db.sql(
            """
            SELECT b.tokens_per_day, today.day, CASE WHEN b.day = today.day THEN b.spent ELSE 0 END AS spent,
                   CASE WHEN b.stopped_until > now() THEN b.stopped_until END AS stopped_until
              FROM (SELECT (now() AT TIME ZONE 'UTC')::date AS day) AS today LEFT JOIN budget b ON b.scope_id = :scope
            """)
        .param("scope", scope)
        .query(Budgets::view)
        .single();
  }

  private static BudgetView view(ResultSet row, int number) throws SQLException {
    var until = row.getObject("stopped_until", OffsetDateTime.class);
    return new BudgetView(
        row.getObject("tokens_per_day", Long.class),
        Objects.requireNonNull(row.getObject("day", LocalDate.class)),
        row.getBigDecimal("spent").toBigInteger(),
        until == null ? null : until.toInstant());
  }

  /// Forgets an agent that was deleted in this transaction.
  public void forget(AgentId agent) {
    db.sql("DELETE FROM budget WHERE scope_id = :id").param("id", agent.value()).update();
  }

  /// Forgets a workspace that was deleted in this transaction.
  public void forget(WorkspaceId workspace) {
    db.sql("DELETE FROM budget WHERE workspace_id = :id").param("id", workspace.value()).update();
    db.sql("DELETE FROM runtime_spending WHERE workspace_id = :id")
        .param("id", workspace.value())
        .update();
  }
}
