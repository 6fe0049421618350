package dev.muster.api.agent;

import dev.muster.api.access.Caller;
import dev.muster.events.sql.Rows;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

/// What an agent's program is started with, for those who may change it. Values of variables and
/// what an MCP server is told may be secrets: only daemons are handed those.
@RestController
class LaunchController {
  private final Agents agents;
  private final JdbcClient db;

  LaunchController(Agents agents, JdbcClient db) {
    this.agents = agents;
    this.db = db;
  }

  @GetMapping("/api/agents/{id}/launch")
  LaunchView find(Caller caller, @PathVariable String id) {
    return db.sql(
            """
            SELECT nullif(l.model, '') AS model, nullif(l.thinking_level, '') AS thinking_level,
                   coalesce((SELECT jsonb_object_agg(name, :hidden::text) FROM jsonb_object_keys(l.custom_env) AS name), '{}')::text
                     AS custom_env,
                   coalesce(l.custom_args, '[]')::text AS custom_args,
                   coalesce((SELECT jsonb_agg(name ORDER BY name) FROM jsonb_object_keys(
                       CASE WHEN jsonb_typeof(l.mcp_config -> 'mcpServers') = 'object' THEN l.mcp_config -> 'mcpServers'
                            ELSE l.mcp_config END) AS name), '[]')::text AS mcp_servers
              FROM agent a LEFT JOIN agent_launch l ON l.agent_id = a.id
             WHERE a.id = :agent
            """)
        .param("hidden", LaunchSettings.HIDDEN)
        .param("agent", agents.administered(caller, id).id())
        .query(Rows.of(LaunchView.class))
        .single();
  }
}
