package dev.muster.api.request;

import jakarta.servlet.http.HttpServletRequest;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.springframework.web.servlet.HandlerMapping;

/// Whose words a route speaks, and so what becomes of a member or parameter that it does not know.
///
/// Multica's daemons and command line send what their own server takes: what Muster does not know
/// is ignored. On Muster's own routes it is refused, since a request of which a part is ignored
/// does something else than it says.
public enum RouteOwner {
  MUSTER(
      """
      GET /openapi.json
      GET /docs
      GET /docs/asyncapi.yaml
      GET /docs/schemas/{name}
      GET /docs/schemas/defs/{name}
      GET /metrics
      GET /ready
      GET /ws
      GET /oidc
      GET /oidc/sign-in
      POST /oidc/token
      DELETE /oidc/token
      GET /api/tokens
      POST /api/tokens
      DELETE /api/tokens/{id}
      POST /api/workspaces
      PUT /api/workspaces/{id}
      PATCH /api/workspaces/{id}
      DELETE /api/workspaces/{id}
      """,
      """
      GET /api/workspaces/{id}/budget
      PUT /api/workspaces/{id}/budget
      GET /api/workspaces/{id}/events
      GET /api/workspaces/{id}/snapshot
      GET /api/workspaces/{id}/stats
      GET /api/workspaces/{id}/usage
      GET /api/workspaces/{id}/storage
      PATCH /api/workspaces/{id}/members/{memberId}
      DELETE /api/workspaces/{id}/members/{memberId}
      POST /api/workspaces/{id}/members/{memberId}/invitation
      POST /api/workspaces/{id}/leave
      POST /api/workspaces/{id}/service-tokens
      GET /api/workspaces/{id}/service-tokens
      DELETE /api/workspaces/{id}/service-tokens/{token}
      POST /api/workspaces/{id}/service-tokens/{token}/rotate
      GET /api/workspaces/{id}/token-audit
      GET /api/workspaces/{id}/audit-log
      PATCH /api/runtimes/{id}
      DELETE /api/runtimes/{id}
      GET /api/runtimes/{id}/usage
      GET /api/runtimes/{id}/activity
      POST /api/runtimes/{id}/ping
      GET /api/runtimes/{id}/ping/{ping}
      POST /api/runtimes/{id}/drain
      POST /api/runtimes/{id}/pause
      POST /api/runtimes/{id}/resume
      GET /api/agents/{id}/launch
      GET /api/agents/{id}/budget
      PUT /api/agents/{id}/budget
      POST /api/agents/{id}/drain
      POST /api/agents/{id}/pause
      POST /api/agents/{id}/resume
      """,
      """
      GET /api/skills
      POST /api/skills
      GET /api/skills/{id}
      PUT /api/skills/{id}
      DELETE /api/skills/{id}
      GET /api/skills/{id}/files
      PUT /api/skills/{id}/files
      DELETE /api/skills/{id}/files/{fileId}
      GET /api/tasks
      POST /api/tasks
      GET /api/tasks/waiting
      GET /api/tasks/{id}
      POST /api/tasks/{id}/rerun
      POST /api/tasks/{id}/redrive
      GET /api/schedules
      POST /api/schedules
      GET /api/schedules/{id}
      PATCH /api/schedules/{id}
      DELETE /api/schedules/{id}
      POST /api/schedules/{id}/pause
      POST /api/schedules/{id}/resume
      POST /api/schedules/{id}/run
      GET /api/webhooks
      POST /api/webhooks
      GET /api/webhooks/{id}
      PATCH /api/webhooks/{id}
      DELETE /api/webhooks/{id}
      POST /api/webhooks/{id}/rotate
      GET /api/webhooks/{id}/deliveries
      POST /api/webhooks/{id}/redrive
      GET /api/dead-letters
      POST /api/dead-letters/redrive
      POST /api/daemon/runtimes/{id}/drain
      POST /api/daemon/runtimes/{id}/resume
      POST /api/daemon/tasks/{id}/release
      POST /api/daemon/tasks/{id}/cancel-ack
      """),
  /// Besides Multica's: whoever asks for the health, and the provider with which people sign in.
  MULTICA(
      """
      GET /health
      GET /oidc/callback
      GET /api/me
      GET /api/workspaces
      GET /api/workspaces/{id}
      GET /api/workspaces/{id}/members
      POST /api/workspaces/{id}/members
      GET /api/runtimes
      GET /api/agents
      POST /api/agents
      GET /api/agents/{id}
      PUT /api/agents/{id}
      DELETE /api/agents/{id}
      GET /api/agents/{id}/tasks
      GET /api/agents/{id}/skills
      PUT /api/agents/{id}/skills
      GET /api/issues
      POST /api/issues
      GET /api/issues/{id}
      PUT /api/issues/{id}
      DELETE /api/issues/{id}
      GET /api/issues/{id}/comments
      POST /api/issues/{id}/comments
      PUT /api/comments/{id}
      DELETE /api/comments/{id}
      POST /api/tasks/{id}/cancel
      GET /api/tasks/{id}/messages
      POST /api/daemon/register
      POST /api/daemon/deregister
      POST /api/daemon/heartbeat
      POST /api/daemon/tasks/claim
      POST /api/daemon/runtimes/{id}/tasks/claim
      GET /api/daemon/runtimes/{id}/tasks/pending
      POST /api/daemon/runtimes/{id}/recover-orphans
      POST /api/daemon/runtimes/{id}/usage
      POST /api/daemon/runtimes/{id}/ping/{ping}/result
      POST /api/daemon/tasks/{id}/start
      POST /api/daemon/tasks/{id}/session
      POST /api/daemon/tasks/{id}/progress
      POST /api/daemon/tasks/{id}/usage
      POST /api/daemon/tasks/{id}/messages
      GET /api/daemon/tasks/{id}/messages
      POST /api/daemon/tasks/{id}/complete
      POST /api/daemon/tasks/{id}/fail
      GET /api/daemon/tasks/{id}/status
      """,
      """
      GET /login
      POST /api/cli-token
      POST /api/tokens/current/renew
      GET /api/squads
      POST /api/upload-file
      GET /api/issues/search
      GET /api/issues/{id}/children
      GET /api/issues/{id}/task-runs
      POST /api/issues/{id}/rerun
      GET /api/issues/{id}/metadata
      PUT /api/issues/{id}/metadata/{key}
      DELETE /api/issues/{id}/metadata/{key}
      GET /api/daemon/ws
      POST /api/daemon/claim
      GET /api/daemon/workspaces
      GET /api/daemon/workspaces/{id}/repos
      GET /api/daemon/workspaces/{id}/runtime-profiles
      POST /api/daemon/workspaces/{id}/issues/gc-check
      GET /api/daemon/issues/{id}/gc-check
      GET /api/daemon/tasks/{id}/gc-check
      POST /api/daemon/tasks/{id}/prepare
      POST /api/daemon/tasks/{id}/wait-local-directory
      POST /api/daemon/runtimes/{runtime}/tasks/{id}/prepare-lease
      """);

  /// Asked for each request.
  private static final Map<String, RouteOwner> OF_ROUTES =
      Arrays.stream(values())
          .flatMap(owner -> owner.routes.stream().map(route -> Map.entry(route, owner)))
          .collect(Collectors.toUnmodifiableMap(Map.Entry::getKey, Map.Entry::getValue));

  @SuppressWarnings("ImmutableEnumChecker") // An unmodifiable copy of its own.
  private final Set<String> routes;

  RouteOwner(String... routes) {
    this.routes =
        Arrays.stream(routes).flatMap(String::lines).collect(Collectors.toUnmodifiableSet());
  }

  /// Methods and patterns, without a slash at the end.
  public Set<String> routes() {
    return routes;
  }

  /// Whose a route is; nobody's if it is not in the table.
  public static Optional<RouteOwner> of(String method, String pattern) {
    var route =
        method
            + " "
            + (pattern.endsWith("/") ? pattern.substring(0, pattern.length() - 1) : pattern);
    return Optional.ofNullable(OF_ROUTES.get(route));
  }

  /// Whether a request must not have what its route does not know.
  static boolean isStrict(HttpServletRequest request) {
    var pattern = request.getAttribute(HandlerMapping.BEST_MATCHING_PATTERN_ATTRIBUTE);
    var method = request.getMethod().equals("HEAD") ? "GET" : request.getMethod();
    return pattern != null && of(method, pattern.toString()).equals(Optional.of(MUSTER));
  }
}
