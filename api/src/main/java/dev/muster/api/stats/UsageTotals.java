package dev.muster.api.stats;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.muster.api.access.AgentRule;
import dev.muster.api.access.Caller;
import dev.muster.events.id.WorkspaceId;
import dev.muster.events.sql.Rows;
import java.time.LocalDate;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/// The tokens that tasks have used, by the day (UTC) on which their daemons reported them.
@Repository
class UsageTotals {
  /// Those that used least are left out.
  private static final int ROWS_MAX = 1_000;

  private static final String SUMS =
      List.of("input_tokens", "output_tokens", "cache_read_tokens", "cache_write_tokens").stream()
          .map("least(sum(u.%1$s), 9223372036854775807)::bigint AS %1$s"::formatted)
          .reduce((one, other) -> one + ", " + other)
          .orElseThrow();

  /// By what usage is added up.
  enum Grouping {
    DAY("u.date", "NULL::uuid", "NULL", "NULL", "1 DESC"),
    AGENT("NULL::date", "a.id", "NULL", "NULL", "sum(u.input_tokens + u.output_tokens) DESC, 2"),
    MODEL(
        "NULL::date",
        "NULL::uuid",
        "u.provider",
        "u.model",
        "sum(u.input_tokens + u.output_tokens) DESC, 3, 4");

    private final String sql;

    Grouping(String date, String agent, String provider, String model, String order) {
      this.sql =
          """
          SELECT %s AS date, %s AS agent_id, %s AS provider, %s AS model, %s
            FROM agent_usage u LEFT JOIN agent a ON a.id = u.agent_id AND %s
           WHERE u.workspace_id = :workspace AND u.date > (now() AT TIME ZONE 'UTC')::date - :days::int
             AND (:agent::uuid IS NULL OR u.agent_id = :agent)
           GROUP BY 1, 2, 3, 4 ORDER BY %s LIMIT :max
          """
              .formatted(date, agent, provider, model, SUMS, AgentRule.SQL, order);
    }

    /// As requests name it.
    String wire() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /// Tokens of a day, an agent or a model; what they are not grouped by is left out. A day is below
  /// zero where it corrects more of the day before than it has itself.
  ///
  /// @param agentId left out for agents that were deleted or that the caller may not see, which are
  ///   one entry
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record UsageTotal(
      @Nullable LocalDate date,
      @Nullable UUID agentId,
      @Nullable String provider,
      @Nullable String model,
      long inputTokens,
      long outputTokens,
      long cacheReadTokens,
      long cacheWriteTokens) {}

  private final JdbcClient db;

  UsageTotals(JdbcClient db) {
    this.db = db;
  }

  /// Of the last days, today included.
  ///
  /// @param agent null for all of the workspace
  List<UsageTotal> of(
      Caller caller, WorkspaceId workspace, @Nullable UUID agent, Grouping by, int days) {
    return AgentRule.bind(db.sql(by.sql), caller, workspace)
        .param("workspace", workspace.value())
        .param("agent", agent)
        .param("days", days)
        .param("max", ROWS_MAX)
        .query(Rows.of(UsageTotal.class))
        .list();
  }
}
