package dev.muster.api.audit;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// The routes whose requests are in the audit log: those that change who and what works in a
/// workspace, and how.
///
/// Tasks, issues and comments are work, not settings: their rows and events name their authors.
enum AuditedRoutes {
  /// The path names the workspace.
  WORKSPACE(
      """
      PUT /api/workspaces/{id}
      PATCH /api/workspaces/{id}
      PUT /api/workspaces/{id}/budget
      POST /api/workspaces/{id}/members
      PATCH /api/workspaces/{id}/members/{memberId}
      DELETE /api/workspaces/{id}/members/{memberId}
      POST /api/workspaces/{id}/members/{memberId}/invitation
      POST /api/workspaces/{id}/leave
      POST /api/workspaces/{id}/service-tokens
      DELETE /api/workspaces/{id}/service-tokens/{token}
      POST /api/workspaces/{id}/service-tokens/{token}/rotate
      """),
  /// The request names the workspace.
  REQUEST(
      """
      POST /api/agents
      POST /api/skills
      POST /api/schedules
      POST /api/webhooks
      POST /api/dead-letters/redrive
      """),
  AGENT(
      """
      PUT /api/agents/{id}
      DELETE /api/agents/{id}
      PUT /api/agents/{id}/skills
      PUT /api/agents/{id}/budget
      POST /api/agents/{id}/drain
      POST /api/agents/{id}/pause
      POST /api/agents/{id}/resume
      """),
  RUNTIME(
      """
      PATCH /api/runtimes/{id}
      DELETE /api/runtimes/{id}
      POST /api/runtimes/{id}/drain
      POST /api/runtimes/{id}/pause
      POST /api/runtimes/{id}/resume
      """),
  SKILL(
      """
      PUT /api/skills/{id}
      DELETE /api/skills/{id}
      PUT /api/skills/{id}/files
      DELETE /api/skills/{id}/files/{fileId}
      """),
  SCHEDULE(
      """
      PATCH /api/schedules/{id}
      DELETE /api/schedules/{id}
      POST /api/schedules/{id}/pause
      POST /api/schedules/{id}/resume
      POST /api/schedules/{id}/run
      """),
  WEBHOOK(
      """
      PATCH /api/webhooks/{id}
      DELETE /api/webhooks/{id}
      POST /api/webhooks/{id}/rotate
      POST /api/webhooks/{id}/redrive
      """);

  private static final Map<String, AuditedRoutes> OF = new HashMap<>();

  static {
    for (var routes : values()) {
      routes.text.lines().forEach(route -> OF.put(route, routes));
    }
  }

  private final String text;

  AuditedRoutes(String text) {
    this.text = text;
  }

  /// The kind of a route, `PATCH /api/agents/{id}`; empty if its requests are not in the log.
  static Optional<AuditedRoutes> of(String route) {
    return Optional.ofNullable(OF.get(route));
  }

  /// Where the workspace of what the path names is found, by `:subject`; null if the request or its
  /// path names the workspace itself.
  String workspaceSql() {
    return switch (this) {
      case WORKSPACE, REQUEST -> "NULL";
      case AGENT -> "SELECT workspace_id FROM agent WHERE id = :subject";
      case RUNTIME -> "SELECT workspace_id FROM runtime WHERE id = :subject";
      case SKILL -> "SELECT workspace_id FROM skill WHERE id = :subject";
      case SCHEDULE -> "SELECT workspace_id FROM schedule WHERE id = :subject";
      case WEBHOOK -> "SELECT workspace_id FROM webhook WHERE id = :subject";
    };
  }
}
