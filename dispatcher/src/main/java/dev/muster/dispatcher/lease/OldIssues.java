package dev.muster.dispatcher.lease;

import dev.muster.events.feed.Outbox;
import dev.muster.events.sql.Rows;
import dev.muster.tasks.command.Deadlines;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/// Issues whose tasks have all ended long ago, and on which nothing has happened since. They are
/// deleted as a person would delete them: each says so in the feed, and so does each of its tasks.
///
/// Goes through ended tasks in the order of their ends, a page at a time, so that whoever asks for
/// a page is soon back. An issue that no task was made for is a plan of somebody's, and stays.
@Component
class OldIssues {
  private static final Logger log = LoggerFactory.getLogger(OldIssues.class);
  private static final Duration PASS_EVERY = Duration.ofHours(1);
  private static final int PAGE = 500;

  private final JdbcClient db;
  private final Outbox outbox;
  private final TransactionTemplate transaction;
  private final Deque<UUID> workspaces = new ArrayDeque<>();
  private Ended place = Ended.NONE;
  private long nextPassNanos = System.nanoTime();

  /// A task that has ended.
  private record Ended(Instant completedAt, UUID id, UUID issueId) {
    static final Ended NONE = new Ended(Instant.EPOCH, new UUID(0, 0), new UUID(0, 0));
  }

  OldIssues(JdbcClient db, Outbox outbox, TransactionTemplate transaction) {
    this.db = db;
    this.outbox = outbox;
    this.transaction = transaction;
  }

  /// Deletes what there is in the next page. A pass through all workspaces begins each hour.
  ///
  /// @param kept for how long issues are kept; zero for ever
  void goOn(Duration kept) {
    if (kept.isZero()) {
      return;
    }
    if (workspaces.isEmpty()) {
      if (System.nanoTime() - nextPassNanos >= 0) {
        nextPassNanos = System.nanoTime() + PASS_EVERY.toNanos();
        workspaces.addAll(withOldTasks(kept));
      }
      return;
    }
    try {
      goOnIn(workspaces.element(), kept);
    } catch (DataAccessException e) {
      // Deadlines are looked at by the same thread, and matter more: again in the next pass.
      log.atWarn().setCause(e).log("What is kept for too long could not be deleted");
      leave();
    }
  }

  private void goOnIn(UUID workspace, Duration kept) {
    var page = transaction.execute(_ -> deleteFrom(page(workspace, kept), kept));
    if (page == null || page.size() < PAGE) {
      leave();
    } else {
      place = page.getLast();
    }
  }

  private void leave() {
    workspaces.remove();
    place = Ended.NONE;
  }

  private List<UUID> withOldTasks(Duration kept) {
    return db.sql(
            """
            SELECT w.id FROM workspace w
             WHERE EXISTS (SELECT FROM task t WHERE t.workspace_id = w.id
                              AND t.completed_at < now() - make_interval(secs => :kept))
            """)
        .param("kept", Deadlines.seconds(kept))
        .query(Rows.id())
        .list();
  }

  private List<Ended> page(UUID workspace, Duration kept) {
    return db.sql(
            """
            SELECT completed_at, id, issue_id FROM task
             WHERE workspace_id = :workspace AND completed_at < now() - make_interval(secs => :kept)
               AND completed_at >= :at AND (completed_at, id) > (:at, :id)
             ORDER BY completed_at, id LIMIT :page
            """)
        .param("workspace", workspace)
        .param("kept", Deadlines.seconds(kept))
        .param("at", place.completedAt().atOffset(ZoneOffset.UTC))
        .param("id", place.id())
        .param("page", PAGE)
        .query(Rows.of(Ended.class))
        .list();
  }

  /// Locks first and looks then: what was begun meanwhile is seen, and nothing more can be.
  private List<Ended> deleteFrom(List<Ended> page, Duration kept) {
    var locked =
        db.sql(
                """
                SELECT id FROM issue WHERE id = ANY (:issues::uuid[]) ORDER BY id FOR UPDATE SKIP LOCKED
                """)
            .param("issues", page.stream().map(Ended::issueId).distinct().toArray(UUID[]::new))
            .query(Rows.id())
            .list();
    var deleted =
        db.sql(
                """
                WITH gone AS (
                  DELETE FROM issue i
                   WHERE i.id = ANY (:issues::uuid[]) AND i.updated_at < now() - make_interval(secs => :kept)
                     AND NOT EXISTS (SELECT FROM task t WHERE t.issue_id = i.id AND (t.completed_at IS NULL
                                        OR t.completed_at >= now() - make_interval(secs => :kept)))
                     AND NOT EXISTS (SELECT FROM comment c WHERE c.issue_id = i.id
                                        AND c.created_at >= now() - make_interval(secs => :kept))
                     AND NOT EXISTS (SELECT FROM issue child WHERE child.parent_issue_id = i.id)
                  RETURNING i.id, i.workspace_id
                )
                INSERT INTO outbox (workspace_id, type, subject_id, data)
                SELECT workspace_id, 'issue.deleted', id, jsonb_build_object('issue_id', id) FROM gone
                """)
            .param("issues", locked.toArray(UUID[]::new))
            .param("kept", Deadlines.seconds(kept))
            .update();
    if (deleted > 0) {
      outbox.wake();
    }
    return page;
  }
}
