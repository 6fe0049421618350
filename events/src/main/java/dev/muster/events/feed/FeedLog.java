package dev.muster.events.feed;

import dev.muster.events.Event;
import dev.muster.events.id.WorkspaceId;
import dev.muster.events.sql.Rows;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;

/// The log of events in Postgres, to read from.
public final class FeedLog {
  private final JdbcClient db;

  public FeedLog(JdbcClient db) {
    this.db = db;
  }

  /// An event and its place in the order over all workspaces.
  public record Entry(long logId, Event event) {}

  /// As many of the rows as together are not larger than can be kept in memory, in order. How large
  /// the text of a row is that Postgres keeps compressed, only its text says: it is asked of as few
  /// as are needed, since each may be many times as large as what is kept.
  static final String PAGE =
      """
      SELECT %1$s FROM (
        SELECT *, sum(size) OVER (ORDER BY log_id) - size AS before FROM (
          SELECT *, CASE WHEN is_compressed THEN octet_length(data::text) ELSE stored END AS size FROM (
            SELECT *, sum(weight) OVER (ORDER BY log_id) - weight AS weighed FROM (
              SELECT *, CASE WHEN is_compressed THEN stored ELSE stored / 16 END AS weight FROM (
                SELECT *, pg_column_size(data) AS stored, pg_column_compression(data) IS NOT NULL AS is_compressed
                  FROM event_log AS e WHERE %2$s
              ) AS rows_there
            ) AS weights
          ) AS light WHERE weighed < :bytes / 16
        ) AS sizes
      ) AS sized WHERE before < :bytes ORDER BY log_id
      """;

  static final String EVENT =
      "log_id, workspace_id, position, type, subject_id, seq, occurred_at, data::text AS data";

  /// The workspace's events after a position, in order, and no more than is of a size that can be
  /// kept in memory: at least one event, and others while what comes before them is not larger than
  /// that.
  ///
  /// @param limit how many at most
  /// @param bytes how large the events' data may be
  public List<Event> after(WorkspaceId workspace, long position, int limit, int bytes) {
    return db.sql(
            PAGE.formatted(
                EVENT,
                "workspace_id = :workspace AND position > :position ORDER BY position LIMIT :limit"))
        .param("workspace", workspace.value())
        .param("position", position)
        .param("limit", limit)
        .param("bytes", bytes)
        .query(FeedLog::event)
        .list();
  }

  /// The workspace's events of one subject after a position, as [#after].
  public List<Event> ofSubject(
      WorkspaceId workspace, UUID subject, long position, int limit, int bytes) {
    return db.sql(
            PAGE.formatted(
                EVENT,
                """
                subject_id = :subject AND workspace_id = :workspace AND position > :position
                ORDER BY position LIMIT :limit
                """))
        .param("subject", subject)
        .param("workspace", workspace.value())
        .param("position", position)
        .param("limit", limit)
        .param("bytes", bytes)
        .query(FeedLog::event)
        .list();
  }

  /// Whether the log has the workspace's event of that position.
  public boolean has(WorkspaceId workspace, long position) {
    return at(workspace, position).isPresent();
  }

  /// The workspace's last position; 0 if nothing has happened in it.
  public long head(WorkspaceId workspace) {
    return db.sql("SELECT position FROM feed_position WHERE workspace_id = :workspace")
        .param("workspace", workspace.value())
        .query(Long.class)
        .optional()
        .orElse(0L);
  }

  /// The oldest position of the workspace that the log still has; the next one there will be, where
  /// it has none. A cursor that stands before the position in front of it has missed something.
  public long oldest(WorkspaceId workspace) {
    return db.sql(
            """
            SELECT coalesce((SELECT min(position) FROM event_log WHERE workspace_id = :workspace),
                            (SELECT position + 1 FROM feed_position WHERE workspace_id = :workspace), 1)
            """)
        .param("workspace", workspace.value())
        .query(Long.class)
        .single();
  }

  /// The last place in the order over all workspaces; 0 if nothing has happened.
  public long head() {
    return db.sql("SELECT head FROM feed").query(Long.class).single();
  }

  /// The last place in the order over all workspaces that was dropped on purpose; 0 if nothing was.
  public long dropped() {
    return db.sql("SELECT log_id FROM feed_dropped").query(Long.class).single();
  }

  /// How many tasks of a workspace have ended, by the events up to its last position; those that
  /// were deleted since are counted too.
  public record Ended(long completed, long failed, long cancelled) {}

  public Ended ended(WorkspaceId workspace) {
    return db.sql(
            "SELECT completed, failed, cancelled FROM feed_position WHERE workspace_id = :workspace")
        .param("workspace", workspace.value())
        .query(Rows.of(Ended.class))
        .optional()
        .orElse(new Ended(0, 0, 0));
  }

  /// The name of this history: positions of another epoch mean nothing here.
  public String epoch() {
    return db.sql("SELECT epoch FROM feed").query(String.class).single();
  }

  /// The names that this history has and had.
  ///
  /// @param unmarked the epoch of records that do not say theirs
  public record Epochs(String now, String unmarked, Set<String> past) {}

  public Epochs epochs() {
    var past = db.sql("SELECT epoch FROM feed_past_epoch").query(String.class).set();
    return db.sql("SELECT epoch, unmarked_epoch FROM feed")
        .query((row, _) -> new Epochs(row.getString(1), row.getString(2), Set.copyOf(past)))
        .single();
  }

  /// The events after a place in the order over all workspaces, as [#after].
  public List<Entry> afterLogId(long logId, int limit, int bytes) {
    return db.sql(PAGE.formatted(EVENT, "log_id > :log_id ORDER BY log_id LIMIT :limit"))
        .param("log_id", logId)
        .param("limit", limit)
        .param("bytes", bytes)
        .query(FeedLog::entry)
        .list();
  }

  /// Of a part of the log, the tasks' events that have none of the same task after them, in order.
  ///
  /// @param upTo where the part ends
  /// @param isMore whether there is enough after it not to wait for more
  record Latest(List<Entry> entries, long upTo, boolean isMore) {}

  /// The latest states among the events after a place in the order over all workspaces.
  ///
  /// @param window how many events to look at, at most
  /// @param bytes how large the states may be, as for [#after]
  Latest latestStates(long logId, int window, int bytes) {
    var head = head();
    var end = Math.min(head, Math.max(logId, dropped()) + window);
    var entries =
        db.sql(
                PAGE.formatted(
                    EVENT,
                    """
                    log_id > :log_id AND log_id <= :end AND seq IS NOT NULL
                    AND position = (SELECT later.position FROM event_log AS later
                                     WHERE later.subject_id = e.subject_id AND later.seq IS NOT NULL
                                     ORDER BY later.position DESC LIMIT 1)
                    ORDER BY log_id
                    """))
            .param("log_id", logId)
            .param("end", end)
            .param("bytes", bytes)
            .query(FeedLog::entry)
            .list();
    var upTo = entries.isEmpty() ? end : entries.getLast().logId();
    var size = entries.stream().mapToLong(entry -> entry.event().data().length()).sum();
    // What was left out for its size comes after the last that was not.
    return new Latest(entries, upTo, end < head || (upTo < end && size >= bytes / 2));
  }

  /// The workspace's event of that position, and its place in the order over all; empty if the log
  /// does not have it.
  public Optional<Entry> at(WorkspaceId workspace, long position) {
    return db.sql(
            """
            SELECT log_id, workspace_id, position, type, subject_id, seq, occurred_at, data::text AS data
              FROM event_log WHERE workspace_id = :workspace AND position = :position
            """)
        .param("workspace", workspace.value())
        .param("position", position)
        .query(FeedLog::entry)
        .optional();
  }

  private static Entry entry(ResultSet row, int rowNumber) throws SQLException {
    return new Entry(row.getLong("log_id"), event(row, rowNumber));
  }

  static Event event(ResultSet row, int rowNumber) throws SQLException {
    var seq = row.getObject("seq", Long.class);
    return new Event(
        new WorkspaceId(row.getObject("workspace_id", UUID.class)),
        row.getLong("position"),
        row.getString("type"),
        row.getObject("subject_id", UUID.class),
        seq,
        row.getObject("occurred_at", OffsetDateTime.class).toInstant(),
        row.getString("data"));
  }
}
