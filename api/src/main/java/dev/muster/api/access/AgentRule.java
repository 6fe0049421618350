package dev.muster.api.access;

import dev.muster.events.id.UserId;
import dev.muster.events.id.WorkspaceId;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient.StatementSpec;

/// The one rule of who may see an agent of a workspace, give it work and be given its work: all
/// members; of a private one its owner and those who administer the workspace.
public final class AgentRule {
  /// The rule as a condition on a row of `agent`, with the parameters of [#bind].
  public static final String SQL = "(:sees_all OR visibility = 'workspace' OR owner_id = :viewer)";

  private static final String PRIVATE = "private";

  private AgentRule() {}

  /// Sets the parameters of [#SQL].
  public static StatementSpec bind(StatementSpec statement, Caller caller, WorkspaceId workspace) {
    return statement
        .param("sees_all", administers(caller, workspace))
        .param("viewer", caller.user().value());
  }

  /// Whether a member of the workspace may see an agent.
  public static boolean permits(
      Caller caller, WorkspaceId workspace, String visibility, @Nullable UUID owner) {
    return caller.isMember(workspace)
        && permits(caller.user(), administers(caller, workspace), visibility, owner);
  }

  /// Whether a user of whom it is known whether they administer the workspace may see an agent.
  public static boolean permits(
      UserId user, boolean administers, String visibility, @Nullable UUID owner) {
    return !isPrivate(visibility) || administers || user.value().equals(owner);
  }

  public static boolean isPrivate(String visibility) {
    return visibility.equals(PRIVATE);
  }

  private static boolean administers(Caller caller, WorkspaceId workspace) {
    return caller.role(workspace).map(Role::isOwnerOrAdmin).orElse(false);
  }
}
