package dev.muster.api.agent;

import dev.muster.api.access.AgentRule;
import dev.muster.api.access.Caller;
import dev.muster.api.access.WorkspaceAccess;
import dev.muster.api.edge.Limits;
import dev.muster.api.edge.Refused;
import dev.muster.events.id.AgentId;
import dev.muster.events.id.WorkspaceId;
import dev.muster.events.sql.Rows;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;
import tools.jackson.databind.JsonNode;

/// Agents for work that names none: who gives a task a provider and labels gets an agent that asks
/// for just these, made when first needed. Agents that people made are nobody's choice but theirs:
/// their instructions, limits and pauses are for tasks that name them.
@Component
public class SelectorAgents {
  private static final int CONCURRENT_TASKS = 100;

  private final JdbcClient db;
  private final Agents agents;

  SelectorAgents(JdbcClient db, Agents agents) {
    this.db = db;
    this.agents = agents;
  }

  /// Whether they ask for anything: labels that are none do not.
  public static boolean selects(@Nullable String provider, @Nullable JsonNode labels) {
    var isLabelled = labels != null && !labels.isNull() && !(labels.isObject() && labels.isEmpty());
    return isLabelled || (provider != null && !provider.isBlank());
  }

  /// The agent that asks for this provider and these labels.
  @Transactional
  public AgentId forSelector(
      WorkspaceAccess access, @Nullable String provider, @Nullable JsonNode labels) {
    var fields = fields(provider, labels);
    var placement = Placement.NONE.with(null, fields.checkedProvider(), fields.labelsJson());
    db.sql("SELECT 1 FROM pg_advisory_xact_lock(hashtextextended(:workspace, 11))")
        .param("workspace", access.workspace().toString())
        .query(Integer.class)
        .single();
    return db.sql(
            """
            SELECT id FROM agent
             WHERE workspace_id = :workspace AND of_selector AND runtime_id IS NULL AND visibility = 'workspace'
               AND provider IS NOT DISTINCT FROM :provider AND labels = :labels::jsonb
             ORDER BY created_at, id LIMIT 1
            """)
        .param("workspace", access.workspace().value())
        .param("provider", placement.provider())
        .param("labels", placement.labels())
        .query(Rows.id())
        .optional()
        .map(AgentId::new)
        .orElseGet(() -> made(access, fields));
  }

  private AgentId made(WorkspaceAccess access, AgentFields fields) {
    var made = agents.create(access, fields).id();
    db.sql("UPDATE agent SET of_selector = true WHERE id = :id").param("id", made).update();
    return new AgentId(made);
  }

  /// Refuses an agent that is not of the workspace, or is somebody else's private one.
  public AgentId require(Caller caller, WorkspaceId workspace, UUID agent) {
    var statement =
        db.sql(
            "SELECT id FROM agent WHERE id = :agent AND workspace_id = :workspace AND "
                + AgentRule.SQL);
    return AgentRule.bind(statement, caller, workspace)
        .param("agent", agent)
        .param("workspace", workspace.value())
        .query(Rows.id())
        .optional()
        .map(AgentId::new)
        .orElseThrow(() -> Refused.notFound("agent not found"));
  }

  /// Says what is asked for, so that one can be told from another.
  private static String name(@Nullable String provider, @Nullable JsonNode labels) {
    var name = "Any " + (provider == null || provider.isBlank() ? "runtime" : provider.strip());
    if (labels == null || !labels.isObject() || labels.isEmpty()) {
      return name;
    }
    var asked =
        labels.properties().stream()
            .map(label -> label.getKey() + "=" + label.getValue().asString(""))
            .sorted()
            .collect(Collectors.joining(" ", name + " with ", ""));
    return asked.length() <= Limits.NAME ? asked : asked.substring(0, Limits.NAME - 1) + "…";
  }

  private static AgentFields fields(@Nullable String provider, @Nullable JsonNode labels) {
    return new AgentFields(
        name(provider, labels),
        null,
        provider,
        labels,
        null,
        null,
        null,
        null,
        null,
        null,
        CONCURRENT_TASKS,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null);
  }
}
