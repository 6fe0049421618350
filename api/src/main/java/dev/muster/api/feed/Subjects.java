package dev.muster.api.feed;

import dev.muster.events.id.WorkspaceId;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/// What events are about.
@Component
class Subjects {
  private final JdbcClient db;

  Subjects(JdbcClient db) {
    this.db = db;
  }

  /// Whether there is such a thing in the workspace. Its first event may not have come to the feed
  /// yet.
  boolean isThere(WorkspaceId workspace, UUID subject) {
    return db.sql(
            """
            SELECT EXISTS (SELECT FROM task WHERE id = :subject AND workspace_id = :workspace)
                OR EXISTS (SELECT FROM issue WHERE id = :subject AND workspace_id = :workspace)
                OR EXISTS (SELECT FROM agent WHERE id = :subject AND workspace_id = :workspace)
                OR EXISTS (SELECT FROM schedule WHERE id = :subject AND workspace_id = :workspace)
                OR EXISTS (SELECT FROM webhook WHERE id = :subject AND workspace_id = :workspace)
                OR EXISTS (SELECT FROM runtime WHERE id = :subject AND workspace_id = :workspace)
            """)
        .param("subject", subject)
        .param("workspace", workspace.value())
        .query(Boolean.class)
        .single();
  }
}
