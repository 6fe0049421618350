package dev.muster.api.agent;

import dev.muster.events.id.AgentId;
import dev.muster.events.id.UserId;
import dev.muster.events.id.WorkspaceId;
import dev.muster.events.sql.Rows;
import java.util.Collection;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.RowMapper;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.core.simple.JdbcClient.StatementSpec;
import org.springframework.stereotype.Component;

/// The rows of agents and of the skills they have.
@Component
class AgentStore {
  private static final RowMapper<Placement> PLACEMENT = Rows.of(Placement.class);

  private final JdbcClient db;

  AgentStore(JdbcClient db) {
    this.db = db;
  }

  boolean hasRuntime(WorkspaceId workspace, UUID runtime) {
    return db.sql(
            "SELECT EXISTS (SELECT FROM runtime WHERE id = :id AND workspace_id = :workspace)")
        .param("id", runtime)
        .param("workspace", workspace.value())
        .query(Boolean.class)
        .single();
  }

  /// Where the agent's tasks may run, its row locked against other changes.
  Optional<Placement> lock(AgentId agent) {
    return db.sql("SELECT runtime_id, provider, labels FROM agent WHERE id = :id FOR NO KEY UPDATE")
        .param("id", agent.value())
        .query(PLACEMENT)
        .optional();
  }

  /// Keeps the agent from being deleted in this transaction. Returns false if it is gone.
  boolean keep(AgentId agent) {
    return db.sql("SELECT id FROM agent WHERE id = :id FOR KEY SHARE")
        .param("id", agent.value())
        .query(UUID.class)
        .optional()
        .isPresent();
  }

  /// Locks the agent so that no task can be queued for it. Returns false if it is gone.
  boolean lockForDelete(AgentId agent) {
    return db.sql("SELECT id FROM agent WHERE id = :id FOR UPDATE")
        .param("id", agent.value())
        .query(UUID.class)
        .optional()
        .isPresent();
  }

  UUID insert(WorkspaceId workspace, UserId owner, Placement at, AgentFields.Checked fields) {
    var statement =
        db.sql(
                """
                INSERT INTO agent (workspace_id, owner_id, runtime_id, provider, labels, runtime_mode, name, description,
                                   instructions, avatar_url, runtime_config, visibility, max_concurrent_tasks, tools, triggers,
                                   rate_per_minute, timeout_seconds, idle_timeout_seconds)
                VALUES (:workspace, :owner, :runtime::uuid, :provider, :labels::jsonb,
                        coalesce((SELECT runtime_mode FROM runtime WHERE id = :runtime::uuid), 'local'), :name,
                        coalesce(:description, ''), coalesce(:instructions, ''), :avatar_url,
                        coalesce(:runtime_config::jsonb, '{}'), coalesce(:visibility, 'workspace'),
                        coalesce(:max_concurrent_tasks::int, 1), coalesce(:tools::jsonb, '[]'),
                        coalesce(:triggers::jsonb, '[]'), nullif(:rate_per_minute::int, 0),
                        nullif(:timeout_seconds::int, 0), nullif(:idle_timeout_seconds::int, 0))
                RETURNING id
                """)
            .param("workspace", workspace.value())
            .param("owner", owner.value());
    return with(statement, at, fields).query(UUID.class).single();
  }

  void update(AgentId agent, Placement at, AgentFields.Checked fields) {
    var statement =
        db.sql(
                """
                UPDATE agent
                   SET runtime_id = :runtime::uuid, provider = :provider, labels = :labels::jsonb,
                       runtime_mode = coalesce((SELECT runtime_mode FROM runtime WHERE id = :runtime::uuid), runtime_mode),
                       name = coalesce(:name, name), description = coalesce(:description, description),
                       instructions = coalesce(:instructions, instructions),
                       avatar_url = coalesce(:avatar_url, avatar_url),
                       runtime_config = coalesce(:runtime_config::jsonb, runtime_config),
                       visibility = coalesce(:visibility, visibility),
                       max_concurrent_tasks = coalesce(:max_concurrent_tasks::int, max_concurrent_tasks),
                       tools = coalesce(:tools::jsonb, tools), triggers = coalesce(:triggers::jsonb, triggers),
                       rate_per_minute = nullif(coalesce(:rate_per_minute::int, rate_per_minute), 0),
                       timeout_seconds = nullif(coalesce(:timeout_seconds::int, timeout_seconds), 0),
                       idle_timeout_seconds = nullif(coalesce(:idle_timeout_seconds::int, idle_timeout_seconds), 0),
                       updated_at = now()
                 WHERE id = :id
                """)
            .param("id", agent.value());
    with(statement, at, fields).update();
  }

  private static StatementSpec with(
      StatementSpec statement, Placement at, AgentFields.Checked fields) {
    return statement
        .param("runtime", at.runtimeId())
        .param("provider", at.provider())
        .param("labels", at.labels())
        .param("name", fields.name())
        .param("description", fields.description())
        .param("instructions", fields.instructions())
        .param("avatar_url", fields.avatarUrl())
        .param("runtime_config", fields.runtimeConfig())
        .param("visibility", fields.visibility())
        .param("max_concurrent_tasks", fields.maxConcurrentTasks())
        .param("tools", fields.tools())
        .param("triggers", fields.triggers())
        .param("rate_per_minute", fields.ratePerMinute())
        .param("timeout_seconds", fields.timeoutSeconds())
        .param("idle_timeout_seconds", fields.idleTimeoutSeconds());
  }

  /// Sets how the agent's program is started, as far as it is said.
  void launch(AgentId agent, LaunchSettings settings) {
    if (settings.isEmpty()) {
      return;
    }
    db.sql(
            """
            INSERT INTO agent_launch AS l (agent_id, model, thinking_level, custom_env, custom_args, mcp_config)
            VALUES (:agent, :model, :thinking, :env::jsonb, :args::jsonb, :mcp::jsonb)
            ON CONFLICT (agent_id) DO UPDATE
               SET model = coalesce(excluded.model, l.model),
                   thinking_level = coalesce(excluded.thinking_level, l.thinking_level),
                   custom_env = coalesce(
                     (SELECT jsonb_object_agg(name, CASE WHEN value = to_jsonb(:hidden::text) THEN coalesce(l.custom_env -> name, value)
                                                         ELSE value END)
                        FROM jsonb_each(excluded.custom_env) AS given (name, value)), excluded.custom_env, l.custom_env),
                   custom_args = coalesce(excluded.custom_args, l.custom_args),
                   mcp_config = coalesce(excluded.mcp_config, l.mcp_config)
            """)
        .param("agent", agent.value())
        .param("model", settings.model())
        .param("thinking", settings.thinkingLevel())
        .param("env", settings.customEnv())
        .param("args", settings.customArgs())
        .param("mcp", settings.mcpConfig())
        .param("hidden", LaunchSettings.HIDDEN)
        .update();
  }

  /// Sets whether the agent is given work: `open`, `paused` or `draining`. Returns false if it was
  /// so.
  boolean setIntake(AgentId agent, String intake) {
    return db.sql(
                "UPDATE agent SET intake = :intake, updated_at = now() WHERE id = :id AND intake <>"
                    + " :intake")
            .param("intake", intake)
            .param("id", agent.value())
            .update()
        == 1;
  }

  /// Sets what a person says of the agent's status; null takes it back.
  void overrideStatus(AgentId agent, @Nullable String status) {
    db.sql("UPDATE agent SET status_override = :status WHERE id = :id")
        .param("status", status)
        .param("id", agent.value())
        .update();
  }

  void delete(AgentId agent) {
    db.sql("DELETE FROM agent WHERE id = :id").param("id", agent.value()).update();
  }

  /// How long the texts and files of the agent's skills are together, in bytes.
  long skillBytes(AgentId agent) {
    return db.sql(
            """
            SELECT coalesce(sum(octet_length(s.content)
                                + coalesce((SELECT sum(octet_length(f.content)) FROM skill_file f WHERE f.skill_id = s.id), 0)),
                            0)
              FROM agent_skill k JOIN skill s ON s.id = k.skill_id
             WHERE k.agent_id = :agent
            """)
        .param("agent", agent.value())
        .query(Long.class)
        .single();
  }

  int count(WorkspaceId workspace) {
    return db.sql("SELECT count(*) FROM agent WHERE workspace_id = :workspace")
        .param("workspace", workspace.value())
        .query(Integer.class)
        .single();
  }

  /// Gives the agent these skills and no others. Returns how many of them the workspace has.
  int replaceSkills(AgentId agent, WorkspaceId workspace, Collection<UUID> skills) {
    db.sql("DELETE FROM agent_skill WHERE agent_id = :agent")
        .param("agent", agent.value())
        .update();
    return db.sql(
            """
            INSERT INTO agent_skill (agent_id, skill_id)
            SELECT :agent, id FROM skill WHERE workspace_id = :workspace AND id = ANY (:skills)
            """)
        .param("agent", agent.value())
        .param("workspace", workspace.value())
        .param("skills", skills.toArray(UUID[]::new))
        .update();
  }
}
