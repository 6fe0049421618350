package dev.muster.api.access;

import dev.muster.api.edge.Refused;
import dev.muster.events.id.AgentId;
import dev.muster.events.id.AttemptId;
import dev.muster.events.id.IssueId;
import dev.muster.events.id.TaskId;
import dev.muster.events.id.UserId;
import dev.muster.events.id.WorkspaceId;
import dev.muster.tasks.command.Author;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.context.SecurityContextHolder;

/// Who makes a request: a user, by a token, with a role in each workspace the token reaches.
///
/// @param binding to the one daemon that the token is good for; null if it is good for any
/// @param work what the agent behind the token works on; null for people and daemons
public record Caller(
    UserId user,
    UUID tokenId,
    Scope scope,
    Map<WorkspaceId, Role> roles,
    @Nullable Binding binding,
    @Nullable Work work) {
  public Caller {
    roles = Map.copyOf(roles);
  }

  /// Who makes the request that this thread serves; empty if it carries no token that is known.
  public static Optional<Caller> ofRequest() {
    return Optional.ofNullable(SecurityContextHolder.getContext().getAuthentication())
        .map(Authentication::getPrincipal)
        .filter(Caller.class::isInstance)
        .map(Caller.class::cast);
  }

  /// What makes a token one daemon's.
  ///
  /// @param daemon the daemon's id; null until one has registered with the token
  public record Binding(@Nullable String daemon) {}

  /// Whether the caller may do what the daemon of that id does.
  public boolean speaksFor(@Nullable String daemon) {
    return binding == null || Objects.equals(daemon, binding.daemon());
  }

  /// What an agent with a task token works on.
  ///
  /// @param generation of the claim that the token is good for
  public record Work(TaskId task, long generation, AgentId agent, IssueId issue) {
    /// Whether an id names this task or this claim of it.
    boolean isNamed(String id) {
      return id.equalsIgnoreCase(task.toString())
          || id.equalsIgnoreCase(AttemptId.of(task, generation).toString());
    }
  }

  /// Who is said to have written what the caller writes.
  public Author author() {
    return work == null ? Author.member(user) : Author.agent(work.agent());
  }

  public Optional<Role> role(WorkspaceId workspace) {
    return Optional.ofNullable(roles.get(workspace));
  }

  public boolean isMember(WorkspaceId workspace) {
    return roles.containsKey(workspace);
  }

  /// The workspaces as an SQL array parameter: the guard of every statement that starts from an id.
  public UUID[] workspaces() {
    return roles.keySet().stream().map(WorkspaceId::value).toArray(UUID[]::new);
  }

  /// The workspaces that the caller administers, as an SQL array parameter.
  public UUID[] administered() {
    return roles.entrySet().stream()
        .filter(role -> role.getValue().isOwnerOrAdmin())
        .map(role -> role.getKey().value())
        .toArray(UUID[]::new);
  }

  /// The role in the workspace.
  ///
  /// @param notFound the seed's text for what a non-member must not see
  public Role memberOf(WorkspaceId workspace, String notFound) {
    return role(workspace).orElseThrow(() -> Refused.notFound(notFound));
  }

  /// As [#memberOf], and 403 unless owner or admin.
  public void administers(WorkspaceId workspace, String notFound) {
    if (!memberOf(workspace, notFound).isOwnerOrAdmin()) {
      throw Refused.forbidden();
    }
  }
}
