package dev.muster.api.agent;

import dev.muster.events.EventType;
import dev.muster.events.feed.Outbox;
import dev.muster.events.id.RuntimeId;
import dev.muster.events.id.WorkspaceId;
import dev.muster.events.sql.Rows;
import java.util.Collection;
import java.util.Map;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/// Gives agents another runtime: theirs is removed, or turns out to be another one's.
@Component
public class AgentMoves {
  private final JdbcClient db;
  private final AgentViews views;
  private final Outbox outbox;
  private final JsonMapper json;

  AgentMoves(JdbcClient db, AgentViews views, Outbox outbox, JsonMapper json) {
    this.db = db;
    this.views = views;
    this.outbox = outbox;
    this.json = json;
  }

  /// Moves the agents that name one of these runtimes, and tells so. In the caller's transaction.
  public void move(Collection<RuntimeId> from, RuntimeId to) {
    var moved =
        db.sql(
                """
                WITH named AS (
                  SELECT id FROM agent WHERE runtime_id = ANY (:from) ORDER BY id FOR NO KEY UPDATE
                )
                UPDATE agent a SET runtime_id = r.id, runtime_mode = r.runtime_mode, updated_at = now()
                  FROM named, runtime r WHERE a.id = named.id AND r.id = :to RETURNING a.id
                """)
            .param("from", from.stream().map(RuntimeId::value).toArray(UUID[]::new))
            .param("to", to.value())
            .query(Rows.id())
            .list();
    views
        .byIds(moved)
        .forEach(agent ->
            outbox.append(
                new WorkspaceId(agent.workspaceId()),
                EventType.AGENT_UPDATED,
                agent.id(),
                json.writeValueAsString(Map.of("agent", agent))));
  }
}
