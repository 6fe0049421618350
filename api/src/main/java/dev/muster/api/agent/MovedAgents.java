package dev.muster.api.agent;

import dev.muster.events.EventType;
import dev.muster.events.feed.Outbox;
import dev.muster.events.id.RuntimeId;
import dev.muster.events.id.WorkspaceId;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/// Gives agents another runtime, all together.
@Component
public class MovedAgents {
  private final JdbcClient db;
  private final AgentViews views;
  private final Outbox outbox;
  private final JsonMapper json;

  MovedAgents(JdbcClient db, AgentViews views, Outbox outbox, JsonMapper json) {
    this.db = db;
    this.views = views;
    this.outbox = outbox;
    this.json = json;
  }

  /// Moves the agents, in the caller's transaction, which has locked them.
  public void move(List<UUID> agents, RuntimeId to) {
    if (agents.isEmpty()) {
      return;
    }
    db.sql(
            """
            UPDATE agent a SET runtime_id = r.id, runtime_mode = r.runtime_mode, updated_at = now()
              FROM runtime r WHERE r.id = :to AND a.id = ANY (:agents)
            """)
        .param("to", to.value())
        .param("agents", agents.toArray(UUID[]::new))
        .update();
    for (var agent : views.byIds(agents)) {
      outbox.append(
          new WorkspaceId(agent.workspaceId()),
          EventType.AGENT_UPDATED,
          agent.id(),
          json.writeValueAsString(Map.of("agent", agent)));
    }
  }
}
