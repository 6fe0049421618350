package dev.muster.api.access;

import dev.muster.api.request.KnownParameters;
import dev.muster.events.id.WorkspaceId;
import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;

/// A caller in the workspace that the request names, by `workspace_id` in the query or by the
/// header `X-Workspace-ID`. Controllers take it as a parameter; a request that names none, or one
/// the caller does not belong to, does not reach them.
@KnownParameters("workspace_id")
public record WorkspaceAccess(Caller caller, WorkspaceId workspace, Role role) {
  /// The workspace that a request names, as it is written there; null if it names none.
  public static @Nullable String named(HttpServletRequest request) {
    var query = request.getParameter("workspace_id");
    return query == null || query.isEmpty() ? request.getHeader("X-Workspace-ID") : query;
  }

  /// 403 unless the caller is owner or admin here.
  public void requireAdmin() {
    caller.administers(workspace, "workspace not found");
  }
}
