package dev.muster.api.task;

import dev.muster.api.budget.Budgets;
import dev.muster.api.budget.Spender;
import dev.muster.events.feed.Outbox;
import dev.muster.events.id.AgentId;
import dev.muster.events.id.RuntimeId;
import dev.muster.events.id.TaskId;
import dev.muster.events.id.WorkspaceId;
import dev.muster.events.sql.Rows;
import dev.muster.tasks.command.TaskView;
import java.math.BigDecimal;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.core.simple.JdbcClient.StatementSpec;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.annotation.Transactional;

/// What a runtime says of a run that leaves the task as it is: usage and messages. Empty means that
/// the guard did not hold.
@Repository
class RunStore {
  private final JdbcClient db;
  private final Outbox outbox;
  private final Budgets budgets;

  RunStore(JdbcClient db, Outbox outbox, Budgets budgets) {
    this.db = db;
    this.outbox = outbox;
    this.budgets = budgets;
  }

  /// Who writes: the workspaces of the caller guard every statement, and the generation where one
  /// was sent.
  record Writer(TaskId task, List<UUID> workspaces, @Nullable Long generation) {
    /// Guards a statement on `task t`; bound by [#bind].
    static final String GUARD =
        """
        t.id = :task AND t.workspace_id = ANY (:workspaces)
               AND (:generation::bigint IS NULL OR t.claim_generation = :generation)\
        """;

    /// Guards it besides: what is said of a run counts while it lasts, and ten minutes longer where
    /// the writer says by which claim, and nobody has claimed the task since.
    static final String IN_TIME =
        """
        (t.status IN ('dispatched', 'running')
                    OR :generation::bigint IS NOT NULL
                       AND greatest(t.completed_at, t.queued_at) > now() - interval '10 minutes')\
        """;

    StatementSpec bind(StatementSpec statement) {
      return statement
          .param("task", task.value())
          .param("workspaces", workspaces.toArray(UUID[]::new))
          .param("generation", generation);
    }
  }

  /// The tokens that one model has used for a task.
  public record Usage(
      String provider,
      String model,
      long inputTokens,
      long outputTokens,
      long cacheReadTokens,
      long cacheWriteTokens) {}

  /// What a report of usage was about, and by how many tokens it is more than the one before.
  private record Spent(
      UUID workspaceId, UUID agentId, @Nullable UUID runtimeId, long told, BigDecimal tokens) {}

  /// Replaces what was reported before for the same provider and model; the difference is told, and
  /// counted for the budgets.
  @Transactional
  public Optional<TaskView> usage(Writer writer, List<Usage> usage) {
    var stored = store(writer, usage);
    stored
        .filter(spent -> spent.told() > 0)
        .ifPresent(spent -> {
          outbox.wake();
          var runtime = spent.runtimeId();
          budgets.spend(
              new Spender(
                  new WorkspaceId(spent.workspaceId()),
                  new AgentId(spent.agentId()),
                  runtime == null ? null : new RuntimeId(runtime)),
              spent.tokens());
        });
    return stored.isEmpty()
        ? Optional.empty()
        : db.sql("SELECT %s FROM task t WHERE t.id = :task".formatted(TaskView.COLUMNS))
            .param("task", writer.task().value())
            .query(Rows.of(TaskView.class))
            .optional();
  }

  private Optional<Spent> store(Writer writer, List<Usage> usage) {
    return writer
        .bind(
            db.sql(
                """
                WITH t AS (
                  SELECT * FROM task t WHERE %s AND %s FOR KEY SHARE
                ), stored AS (
                  INSERT INTO task_usage AS u (task_id, provider, model, input_tokens, output_tokens, cache_read_tokens,
                                               cache_write_tokens)
                  SELECT t.id, n.* FROM t, unnest(:providers::text[], :models::text[], :input::bigint[], :output::bigint[],
                                                  :cache_read::bigint[], :cache_write::bigint[]) AS n
                   ORDER BY n
                  ON CONFLICT (task_id, provider, model) DO UPDATE
                     SET input_tokens = excluded.input_tokens, output_tokens = excluded.output_tokens,
                         cache_read_tokens = excluded.cache_read_tokens, cache_write_tokens = excluded.cache_write_tokens,
                         updated_at = now()
                  RETURNING new.provider, new.model,
                            new.input_tokens::numeric - coalesce(old.input_tokens, 0) AS input,
                            new.output_tokens::numeric - coalesce(old.output_tokens, 0) AS output,
                            new.cache_read_tokens::numeric - coalesce(old.cache_read_tokens, 0) AS cache_read,
                            new.cache_write_tokens::numeric - coalesce(old.cache_write_tokens, 0) AS cache_write
                ), changed AS (
                  SELECT * FROM stored WHERE (input, output, cache_read, cache_write) <> (0, 0, 0, 0)
                ), told AS (
                  INSERT INTO outbox (workspace_id, type, subject_id, data)
                  SELECT t.workspace_id, 'usage.reported', t.id,
                         usage_event(t.workspace_id, t.agent_id, t.issue_id, t.runtime_id, t.id, 'task',
                                     (now() AT TIME ZONE 'UTC')::date, provider, model, input, output, cache_read, cache_write)
                    FROM t, changed ORDER BY provider, model
                ), counted AS (
                  INSERT INTO agent_usage AS u (workspace_id, date, agent_id, provider, model, input_tokens, output_tokens,
                                                cache_read_tokens, cache_write_tokens)
                  SELECT t.workspace_id, (now() AT TIME ZONE 'UTC')::date, t.agent_id, provider, model, input, output,
                         cache_read, cache_write
                    FROM t, changed ORDER BY provider, model
                  ON CONFLICT (workspace_id, date, agent_id, provider, model) DO UPDATE
                     SET input_tokens = u.input_tokens + excluded.input_tokens,
                         output_tokens = u.output_tokens + excluded.output_tokens,
                         cache_read_tokens = u.cache_read_tokens + excluded.cache_read_tokens,
                         cache_write_tokens = u.cache_write_tokens + excluded.cache_write_tokens
                )
                SELECT t.workspace_id, t.agent_id, t.runtime_id, (SELECT count(*) FROM changed) AS told,
                       coalesce((SELECT sum(input + output + cache_write) FROM changed), 0) AS tokens
                  FROM t
                """
                    .formatted(Writer.GUARD, Writer.IN_TIME)))
        .param("providers", usage.stream().map(Usage::provider).toArray(String[]::new))
        .param("models", usage.stream().map(Usage::model).toArray(String[]::new))
        .param("input", usage.stream().map(Usage::inputTokens).toArray(Long[]::new))
        .param("output", usage.stream().map(Usage::outputTokens).toArray(Long[]::new))
        .param("cache_read", usage.stream().map(Usage::cacheReadTokens).toArray(Long[]::new))
        .param("cache_write", usage.stream().map(Usage::cacheWriteTokens).toArray(Long[]::new))
        .query(Rows.of(Spent.class))
        .optional();
  }

  /// Something a running task says.
  ///
  /// @param seq its place in the run, from 1
  /// @param type `text`, `tool_use`, `tool_result`, `error`, or what the daemon calls it
  /// @param input what a tool was given, a JSON object
  public record Message(
      int seq, String type, String tool, String content, @Nullable String input, String output) {}

  /// Keeps messages; those whose seq this claim has sent before are there already.
  Optional<TaskView> messages(Writer writer, List<Message> messages) {
    return writer
        .bind(
            db.sql(
                """
                WITH t AS (
                  SELECT * FROM task t WHERE %s AND %s FOR KEY SHARE
                ), stored AS (
                  INSERT INTO task_message (task_id, claim_generation, seq, type, tool, content, input, output)
                  SELECT t.id, t.claim_generation, n.seq, n.type, n.tool, n.content, n.input::jsonb, n.output
                    FROM t, (SELECT unnest(:seqs::int[]) AS seq, unnest(:types::text[]) AS type, unnest(:tools::text[]) AS tool,
                                    unnest(:contents::text[]) AS content, unnest(:inputs::text[]) AS input,
                                    unnest(:outputs::text[]) AS output) AS n
                  ON CONFLICT DO NOTHING
                )
                SELECT %s FROM t
                """
                    .formatted(Writer.GUARD, Writer.IN_TIME, TaskView.COLUMNS)))
        .param("seqs", messages.stream().map(Message::seq).toArray(Integer[]::new))
        .param("types", messages.stream().map(Message::type).toArray(String[]::new))
        .param("tools", messages.stream().map(Message::tool).toArray(String[]::new))
        .param("contents", messages.stream().map(Message::content).toArray(String[]::new))
        .param("inputs", messages.stream().map(Message::input).toArray(String[]::new))
        .param("outputs", messages.stream().map(Message::output).toArray(String[]::new))
        .query(Rows.of(TaskView.class))
        .optional();
  }
}
