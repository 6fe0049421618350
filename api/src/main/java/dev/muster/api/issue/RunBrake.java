package dev.muster.api.issue;

import dev.muster.api.issue.view.CommentCreated;
import dev.muster.api.issue.view.IssueView;
import dev.muster.events.EventType;
import dev.muster.events.feed.Outbox;
import dev.muster.events.id.AgentId;
import dev.muster.tasks.command.Author;
import java.time.Duration;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/// Bounds how often an agent is set to work on one issue by what is written there, or by asking for
/// another run: the last brake for whatever goes round in circles. Who is stopped by it can read so
/// on the issue.
@Component
class RunBrake {
  private static final int RUNS_MAX = 30;
  private static final Duration WITHIN = Duration.ofHours(1);

  private final JdbcClient db;
  private final CommentStore comments;
  private final Outbox outbox;
  private final JsonMapper json;

  RunBrake(JdbcClient db, CommentStore comments, Outbox outbox, JsonMapper json) {
    this.db = db;
    this.comments = comments;
    this.outbox = outbox;
    this.json = json;
  }

  /// Whether the agent may be set to work once more. If not, the issue says so, once. In the
  /// caller's transaction, which has the issue's row.
  boolean lets(IssueView issue, AgentId agent) {
    if (runs(issue, agent) < RUNS_MAX) {
      return true;
    }
    var text =
        "This agent was set to work on this issue %d times within an hour. It can be set to work again when an hour has passed since the first of them."
            .formatted(RUNS_MAX);
    if (!isSaid(issue, agent, text)) {
      var comment = comments.insert(issue.issueId(), Author.agent(agent), text, "system", null);
      outbox.append(
          issue.workspace(),
          EventType.COMMENT_CREATED,
          comment.id(),
          json.writeValueAsString(CommentCreated.of(comment, issue)));
    }
    return false;
  }

  private int runs(IssueView issue, AgentId agent) {
    return db.sql(
            """
            SELECT count(*) FROM task
             WHERE issue_id = :issue AND agent_id = :agent AND created_at > now() - make_interval(secs => :within)
            """)
        .param("issue", issue.id())
        .param("agent", agent.value())
        .param("within", WITHIN.toSeconds())
        .query(Integer.class)
        .single();
  }

  private boolean isSaid(IssueView issue, AgentId agent, String text) {
    return db.sql(
            """
            SELECT EXISTS (
              SELECT FROM comment
               WHERE issue_id = :issue AND author_id = :agent AND type = 'system' AND content = :text
                 AND created_at > now() - make_interval(secs => :within))
            """)
        .param("issue", issue.id())
        .param("agent", agent.value())
        .param("text", text)
        .param("within", WITHIN.toSeconds())
        .query(Boolean.class)
        .single();
  }
}
