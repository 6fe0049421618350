package dev.muster.api.thread;

import dev.muster.api.access.Caller;
import dev.muster.api.edge.Refused;
import dev.muster.events.id.IssueId;
import dev.muster.events.id.TaskId;
import dev.muster.events.sql.Rows;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/// Where an agent may answer that a comment has set to work: under that comment, and under those
/// that its run is to answer as well, so that an answer stands in the thread of its question. On
/// other issues it writes where it likes. The texts are read by agents, which do as they say.
@Component
public class ReplyRule {
  private static final List<String> TYPES = List.of("comment", "progress_update");

  private final JdbcClient db;

  ReplyRule(JdbcClient db) {
    this.db = db;
  }

  /// Refuses a comment of an agent that is not where, or not what, it may be.
  ///
  /// @param parent the comment of the issue that it is to stand under
  public void check(Caller author, IssueId issue, String type, @Nullable UUID parent) {
    var work = author.work();
    if (work == null) {
      return;
    }
    if (!TYPES.contains(type)) {
      throw Refused.invalid("invalid comment type", "type", "must be one of " + TYPES);
    }
    if (!work.issue().equals(issue)) {
      return;
    }
    var asked = asked(work.task());
    if (asked.isEmpty() || (parent != null && asked.contains(parent))) {
      return;
    }
    var first = asked.getFirst();
    throw Refused.conflict(
        parent == null
            ? "comment-triggered tasks cannot create top-level comments; set parent_id (--parent) to "
                + first
            : "parent_id %s is not a comment this task may reply under; set parent_id (--parent) to %s"
                .formatted(parent, first),
        Map.of("field", "parent_id", "parent_ids", asked));
  }

  /// The comments that the task's run is to answer, the one that it was made for first; none if it
  /// was made for none, or all are gone.
  private List<UUID> asked(TaskId task) {
    return db
        .sql(
            """
            SELECT c.id
              FROM task t
              JOIN task_trigger g ON g.task_id IN (t.id, t.parent_task_id)
              JOIN comment c ON c.issue_id = t.issue_id AND (c.id = g.comment_id OR c.id = ANY (t.comment_ids))
             WHERE t.id = :task
             ORDER BY c.id = g.comment_id DESC, c.created_at, c.id
            """)
        .param("task", task.value())
        .query(Rows.id())
        .list()
        .stream()
        .distinct()
        .toList();
  }
}
