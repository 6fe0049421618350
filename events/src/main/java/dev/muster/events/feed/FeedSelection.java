package dev.muster.events.feed;

import dev.muster.events.Event;
import dev.muster.events.id.UserId;
import dev.muster.events.id.WorkspaceId;
import java.util.List;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.core.simple.JdbcClient.StatementSpec;

/// Reads of the log only what somebody wants and may see.
///
/// Postgres leaves out what is not wanted: a reader of few events reads no others, whatever their
/// size.
public final class FeedSelection {
  /// As the api has it in `AgentRule` and `Audience`: what tells of a private agent is for its
  /// owner and for those who administer the workspace.
  private static final String MAY_SEE =
      """
      (:administers OR split_part(e.type, '.', 1) NOT IN ('agent', 'budget')
        OR e.data -> 'agent' ->> 'visibility' IS DISTINCT FROM 'private' OR e.data -> 'agent' ->> 'owner_id' = :user::text)
      """;

  private static final String WANTED =
      """
      (e.type = ANY (:patterns) OR split_part(e.type, '.', 1) || '.*' = ANY (:patterns) OR '*' = ANY (:patterns))
      """;

  private final JdbcClient db;

  FeedSelection(JdbcClient db) {
    this.db = db;
  }

  /// Whose eyes the log is read with.
  ///
  /// @param administers whether that user is an owner or admin of the workspace
  public record Viewer(WorkspaceId workspace, UserId user, boolean administers) {}

  /// How much is read at most.
  ///
  /// @param bytes how large the events' data may be together, as for [FeedLog#after]
  public record AtMost(int events, int bytes) {}

  /// Part of the log, in order.
  ///
  /// @param patterns names of events, `task.*` for a family, `*` for all
  /// @param upTo the last position that is looked at
  public List<Event> between(
      Viewer viewer, List<String> patterns, long after, long upTo, AtMost most) {
    var statement =
        db.sql(
                FeedLog.PAGE.formatted(
                    FeedLog.EVENT,
                    """
                    workspace_id = :workspace AND position > :after AND position <= :up_to AND %s AND %s
                    ORDER BY position LIMIT :limit
                    """
                        .formatted(WANTED, MAY_SEE)))
            .param("patterns", patterns.toArray(String[]::new))
            .param("after", after)
            .param("up_to", upTo);
    return read(statement, viewer, most);
  }

  /// The events of these positions, as far as the log has them, in order.
  public List<Event> at(Viewer viewer, List<Long> positions, AtMost most) {
    var statement =
        db.sql(
                FeedLog.PAGE.formatted(
                    FeedLog.EVENT,
                    """
                    workspace_id = :workspace AND position = ANY (:positions) AND %s ORDER BY position LIMIT :limit
                    """
                        .formatted(MAY_SEE)))
            .param("positions", positions.toArray(Long[]::new));
    return read(statement, viewer, most);
  }

  private static List<Event> read(StatementSpec statement, Viewer viewer, AtMost most) {
    return statement
        .param("workspace", viewer.workspace().value())
        .param("user", viewer.user().value())
        .param("administers", viewer.administers())
        .param("limit", most.events())
        .param("bytes", most.bytes())
        .query(FeedLog::event)
        .list();
  }
}
