package dev.muster.api.task;

import dev.muster.api.task.ReportStore.Session;
import dev.muster.api.task.ReportStore.Writer;
import dev.muster.events.feed.Outbox;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/// Good ends of running tasks. Those that arrive together are one change.
@Repository
class CompleteStore {
  /// What is larger goes by itself, so that a batch stays small.
  private static final int TOGETHER_MAX = 16_384;

  private static final String COMPLETE =
      Writers.HELD
          + """
          , moved AS (
            UPDATE task t
               SET status = CASE WHEN t.cancel_requested_at IS NULL THEN 'completed' ELSE 'cancelled' END,
                   completed_at = now(), result = held.result::jsonb,
                   session_id = coalesce(held.session, t.session_id), work_dir = coalesce(held.work_dir, t.work_dir),
                   session_runtime_id = CASE WHEN held.session IS NULL THEN t.session_runtime_id ELSE t.runtime_id END,
                   failure_reason = CASE WHEN t.cancel_requested_at IS NOT NULL THEN 'cancelled' END,
                   deadline_at = NULL, deadline_reason = NULL, event_seq = t.event_seq + 1
              FROM held WHERE t.id = held.id AND t.status = 'running'
            RETURNING new AS t, held.output
          ), commented AS (
            INSERT INTO comment AS c (issue_id, author_type, author_id, content, type)
            SELECT (t).issue_id, 'agent', (t).agent_id, output, 'comment' FROM moved
             WHERE output <> '' AND (t).status = 'completed'
            RETURNING c
          ), told AS (
            INSERT INTO outbox (workspace_id, type, subject_id, seq, data)
            SELECT i.workspace_id, 'comment.created', (c).id, NULL, agent_comment_event(c)
              FROM commented JOIN issue i ON i.id = (c).issue_id
            UNION ALL
            SELECT (t).workspace_id, 'task.' || (t).status, (t).id, (t).event_seq, task_event(t) FROM moved
          ), t AS (SELECT (t).* FROM moved)
          SELECT %s FROM t
          """;
  private static final String ARRAYS =
      ", :results::text[], :outputs::text[], :sessions::text[], :work_dirs::text[]";
  private static final String NAMES = ", result, output, session, work_dir";
  private static final String ALONE =
      COMPLETE.formatted(ARRAYS, NAMES, "running", Writers.ALONE, TaskView.COLUMNS);
  private static final String TOGETHER =
      COMPLETE.formatted(ARRAYS, NAMES, "running", Writers.TOGETHER, TaskView.COLUMNS);

  private final JdbcClient db;
  private final Outbox outbox;
  private final GroupCommit<Completion, Optional<TaskView>> together =
      new GroupCommit<>(completions -> complete(TOGETHER, completions));

  CompleteStore(JdbcClient db, Outbox outbox) {
    this.db = db;
    this.outbox = outbox;
  }

  /// @param result the seed's result object
  /// @param output what the agent says; it becomes the agent's comment unless empty
  record Completion(Writer writer, String result, String output, Session session) {}

  /// Ends the task well, or, if somebody had asked for its end, as cancelled; its result is kept
  /// all the same. Empty if the guard did not hold.
  Optional<TaskView> complete(Completion completion) {
    var answer =
        completion.result().length() > TOGETHER_MAX
            ? Optional.<TaskView>empty()
            : together.write(completion);
    return answer.or(() -> complete(ALONE, List.of(completion)).getFirst());
  }

  private List<Optional<TaskView>> complete(String sql, List<Completion> completions) {
    var written = Writers.distinct(completions, Completion::writer);
    var answers =
        Writers.answers(
            completions,
            written,
            Completion::writer,
            db.sql(sql)
                .param("results", texts(written, Completion::result))
                .param("outputs", texts(written, Completion::output))
                .param("sessions", texts(written, c -> c.session().id()))
                .param("work_dirs", texts(written, c -> c.session().workDir())));
    if (answers.stream().anyMatch(Optional::isPresent)) {
      outbox.wake();
    }
    return answers;
  }

  private static Object texts(
      List<Completion> completions, Function<Completion, @Nullable String> text) {
    var texts = new @Nullable String[completions.size()];
    for (var i = 0; i < texts.length; i++) {
      texts[i] = text.apply(completions.get(i));
    }
    return texts;
  }
}
