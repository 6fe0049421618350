package dev.muster.api.runtime;

import dev.muster.api.budget.Budgets;
import dev.muster.api.budget.Spender;
import dev.muster.events.feed.Outbox;
import dev.muster.events.id.RuntimeId;
import dev.muster.events.id.WorkspaceId;
import dev.muster.events.sql.Rows;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.List;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.annotation.Transactional;

/// Token counts a day, provider and model, as daemons report them.
@Repository
class UsageStore {
  private static final int LIST_MAX = 5_000;

  private final JdbcClient db;
  private final Outbox outbox;
  private final Budgets budgets;

  UsageStore(JdbcClient db, Outbox outbox, Budgets budgets) {
    this.db = db;
    this.outbox = outbox;
    this.budgets = budgets;
  }

  /// One day's absolute totals.
  public record Usage(
      UUID runtimeId,
      LocalDate date,
      String provider,
      String model,
      long inputTokens,
      long outputTokens,
      long cacheReadTokens,
      long cacheWriteTokens) {}

  record Hour(int hour, long count) {}

  /// Replaces the totals: a daemon sends them again and again, whole. No key may occur twice. What
  /// differs from the last report is told, and counted for today's budget unless it is of a day
  /// before yesterday: the calendar of a daemon may be a day behind ours, and what is older is its
  /// history.
  @Transactional
  public void replace(WorkspaceId workspace, RuntimeId runtime, List<Usage> usages) {
    var stored = store(workspace, usages);
    if (stored.told() > 0) {
      outbox.wake();
      budgets.spend(new Spender(workspace, null, runtime), stored.tokens());
    }
  }

  private record Stored(long told, BigDecimal tokens) {}

  private Stored store(WorkspaceId workspace, List<Usage> usages) {
    return db.sql(
            """
            WITH stored AS (
            INSERT INTO runtime_usage AS u (runtime_id, date, provider, model, input_tokens, output_tokens,
                                       cache_read_tokens, cache_write_tokens)
            SELECT * FROM unnest(:runtimes::uuid[], :dates::date[], :providers::text[], :models::text[], :input::bigint[],
                                 :output::bigint[], :cache_read::bigint[], :cache_write::bigint[]) AS n
             ORDER BY n
            ON CONFLICT (runtime_id, date, provider, model) DO UPDATE
               SET input_tokens = excluded.input_tokens, output_tokens = excluded.output_tokens,
                   cache_read_tokens = excluded.cache_read_tokens, cache_write_tokens = excluded.cache_write_tokens,
                   updated_at = now()
             WHERE (u.input_tokens, u.output_tokens, u.cache_read_tokens, u.cache_write_tokens)
                   <> (excluded.input_tokens, excluded.output_tokens, excluded.cache_read_tokens, excluded.cache_write_tokens)
            RETURNING new.runtime_id, new.date, new.provider, new.model,
                      new.input_tokens::numeric - coalesce(old.input_tokens, 0) AS input,
                      new.output_tokens::numeric - coalesce(old.output_tokens, 0) AS output,
                      new.cache_read_tokens::numeric - coalesce(old.cache_read_tokens, 0) AS cache_read,
                      new.cache_write_tokens::numeric - coalesce(old.cache_write_tokens, 0) AS cache_write
            ), changed AS (
              SELECT * FROM stored WHERE (input, output, cache_read, cache_write) <> (0, 0, 0, 0)
            ), told AS (
              INSERT INTO outbox (workspace_id, type, subject_id, data)
              SELECT :workspace, 'usage.reported', runtime_id,
                     usage_event(:workspace, NULL, NULL, runtime_id, NULL, 'runtime', date, provider, model, input, output,
                                 cache_read, cache_write)
                FROM changed ORDER BY date, provider, model
            )
            SELECT count(*) AS told,
                   coalesce(sum(input + output + cache_write)
                              FILTER (WHERE date >= (now() AT TIME ZONE 'UTC')::date - 1), 0) AS tokens
              FROM changed
            """)
        .param("workspace", workspace.value())
        .param("runtimes", usages.stream().map(Usage::runtimeId).toArray(UUID[]::new))
        .param(
            "dates",
            usages.stream().map(Usage::date).map(LocalDate::toString).toArray(String[]::new))
        .param("providers", usages.stream().map(Usage::provider).toArray(String[]::new))
        .param("models", usages.stream().map(Usage::model).toArray(String[]::new))
        .param("input", usages.stream().map(Usage::inputTokens).toArray(Long[]::new))
        .param("output", usages.stream().map(Usage::outputTokens).toArray(Long[]::new))
        .param("cache_read", usages.stream().map(Usage::cacheReadTokens).toArray(Long[]::new))
        .param("cache_write", usages.stream().map(Usage::cacheWriteTokens).toArray(Long[]::new))
        .query(Rows.of(Stored.class))
        .single();
  }

  /// The runtime's usage of the last days, the newest first.
  List<Usage> ofLastDays(RuntimeId runtime, int days) {
    return db.sql(
            """
            SELECT runtime_id, date, provider, model, input_tokens, output_tokens, cache_read_tokens, cache_write_tokens
              FROM runtime_usage
             WHERE runtime_id = :runtime AND date > current_date - :days
             ORDER BY date DESC, provider, model
             LIMIT :max
            """)
        .param("runtime", runtime.value())
        .param("days", days)
        .param("max", LIST_MAX)
        .query(Rows.of(Usage.class))
        .list();
  }

  /// How many of the runtime's tasks started in each hour of the day, UTC.
  List<Hour> activity(RuntimeId runtime) {
    return db.sql(
            """
            SELECT extract(hour FROM started_at AT TIME ZONE 'UTC')::int AS hour, count(*) AS count
              FROM task
             WHERE runtime_id = :runtime AND started_at IS NOT NULL
             GROUP BY 1 ORDER BY 1
            """)
        .param("runtime", runtime.value())
        .query(Rows.of(Hour.class))
        .list();
  }
}
