package dev.muster.api.issue;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.muster.events.id.WorkspaceId;
import java.time.Duration;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/// Gives issues their numbers: those who ask at the same time are served together, by one statement
/// that commits at once, so nobody waits for somebody else's transaction. A number whose issue was
/// not made after all stays unused.
@Component
class IssueNumbers {
  private static final int WORKSPACES_MAX = 10_000;
  private static final Duration UNUSED = Duration.ofMinutes(10);

  private final JdbcClient db;
  private final Cache<WorkspaceId, Line> lines =
      Caffeine.newBuilder().maximumSize(WORKSPACES_MAX).expireAfterAccess(UNUSED).build();

  IssueNumbers(JdbcClient db) {
    this.db = db;
  }

  /// Those who wait for a number of one workspace. Every field is guarded by the line's monitor;
  /// who fetches does so outside of it, alone.
  private static final class Line {
    private int next = 1;
    private int last;
    private int waiting;
    private boolean fetching;
  }

  /// The next number of the workspace. Must not be called in a transaction, which would keep the
  /// counter locked.
  int next(WorkspaceId workspace) {
    var line = lines.get(workspace, _ -> new Line());
    var wanted = 0;
    synchronized (line) {
      line.waiting++;
      while (line.next > line.last && line.fetching) {
        waitFor(line);
      }
      if (line.next <= line.last) {
        line.waiting--;
        return line.next++;
      }
      line.fetching = true;
      wanted = line.waiting;
    }
    return fetch(workspace, line, wanted);
  }

  private int fetch(WorkspaceId workspace, Line line, int wanted) {
    var last = 0;
    try {
      last = count(workspace, wanted);
    } finally {
      synchronized (line) {
        line.fetching = false;
        line.waiting--;
        line.next = last == 0 ? line.next : last - wanted + 2;
        line.last = last == 0 ? line.last : last;
        line.notifyAll();
      }
    }
    return last - wanted + 1;
  }

  private static void waitFor(Line line) {
    try {
      line.wait();
    } catch (InterruptedException e) {
      line.waiting--;
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while waiting for a number", e);
    }
  }

  private int count(WorkspaceId workspace, int numbers) {
    return db.sql(
            """
            INSERT INTO issue_number AS n (workspace_id, last) VALUES (:workspace, :numbers)
            ON CONFLICT (workspace_id) DO UPDATE SET last = n.last + excluded.last
            RETURNING last
            """)
        .param("workspace", workspace.value())
        .param("numbers", numbers)
        .query(Integer.class)
        .single();
  }
}
