package dev.muster.api.runtime;

import dev.muster.events.id.RuntimeId;
import dev.muster.events.sql.Rows;
import java.time.LocalDate;
import java.util.List;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/// Token counts a day, provider and model, as daemons report them.
@Repository
class UsageStore {
  private final JdbcClient db;

  UsageStore(JdbcClient db) {
    this.db = db;
  }

  /// One day's absolute totals.
  record Usage(
      UUID runtimeId,
      LocalDate date,
      String provider,
      String model,
      long inputTokens,
      long outputTokens,
      long cacheReadTokens,
      long cacheWriteTokens) {}

  record Hour(int hour, long count) {}

  /// Replaces the totals: a daemon sends them again and again, whole. No key may occur twice.
  void replace(List<Usage> usages) {
    db.sql(
            """
            INSERT INTO runtime_usage (runtime_id, date, provider, model, input_tokens, output_tokens,
                                       cache_read_tokens, cache_write_tokens)
            SELECT * FROM unnest(:runtimes::uuid[], :dates::date[], :providers::text[], :models::text[], :input::bigint[],
                                 :output::bigint[], :cache_read::bigint[], :cache_write::bigint[])
            ON CONFLICT (runtime_id, date, provider, model) DO UPDATE
               SET input_tokens = excluded.input_tokens, output_tokens = excluded.output_tokens,
                   cache_read_tokens = excluded.cache_read_tokens, cache_write_tokens = excluded.cache_write_tokens,
                   updated_at = now()
            """)
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
        .update();
  }

  /// The runtime's usage of the last days, the newest first.
  List<Usage> ofLastDays(RuntimeId runtime, int days) {
    return db.sql(
            """
            SELECT runtime_id, date, provider, model, input_tokens, output_tokens, cache_read_tokens, cache_write_tokens
              FROM runtime_usage
             WHERE runtime_id = :runtime AND date > current_date - :days
             ORDER BY date DESC, provider, model
            """)
        .param("runtime", runtime.value())
        .param("days", days)
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
