package dev.muster.api.workspace;

import dev.muster.api.access.Callers;
import dev.muster.api.access.Role;
import dev.muster.api.edge.Refused;
import dev.muster.events.EventType;
import dev.muster.events.feed.Outbox;
import dev.muster.events.id.UserId;
import dev.muster.events.id.WorkspaceId;
import java.util.Optional;
import java.util.UUID;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;
import tools.jackson.databind.json.JsonMapper;

/// Who comes into a workspace, rises, falls and goes. There is always an owner, and only owners
/// make and unmake owners.
@Component
public class Members {
  private static final String NOT_FOUND = "member not found";

  private final MemberStore store;
  private final WorkspaceStore workspaces;
  private final Outbox outbox;
  private final Callers callers;
  private final JsonMapper json;

  Members(
      MemberStore store,
      WorkspaceStore workspaces,
      Outbox outbox,
      Callers callers,
      JsonMapper json) {
    this.store = store;
    this.workspaces = workspaces;
    this.outbox = outbox;
    this.callers = callers;
    this.json = json;
  }

  /// Adds the user of an e-mail address, who is made if there is none.
  ///
  /// @param by the role of whoever does it
  @Transactional
  public MemberView add(WorkspaceId workspace, Role by, EmailAddress email, Role role) {
    if (role == Role.OWNER && by != Role.OWNER) {
      throw Refused.forbidden();
    }
    var user = store.user(email.local(), email.text());
    return join(workspace, locked(workspace), user, role);
  }

  /// Adds a user, in the caller's transaction.
  MemberView join(WorkspaceId workspace, String workspaceName, UserId user, Role role) {
    var member =
        store
            .insert(workspace, user, role)
            .orElseThrow(() -> Refused.conflict("user is already a member"));
    append(workspace, EventType.MEMBER_ADDED, member, new Added(member, workspaceName));
    return member;
  }

  @Transactional
  public MemberView changeRole(WorkspaceId workspace, Role by, UUID memberId, Role role) {
    var before = replaceable(workspace, by, memberId, role != Role.OWNER);
    if (role == Role.OWNER && by != Role.OWNER) {
      throw Refused.forbidden();
    }
    store.changeRole(before.id(), role, false);
    var member = member(workspace, before.id());
    append(workspace, EventType.MEMBER_UPDATED, member, new Updated(member));
    return member;
  }

  @Transactional
  public void remove(WorkspaceId workspace, Role by, UUID memberId) {
    delete(workspace, replaceable(workspace, by, memberId, true));
  }

  private void delete(WorkspaceId workspace, MemberView member) {
    store.delete(member.id());
    append(
        workspace,
        EventType.MEMBER_REMOVED,
        member,
        new Removed(workspace.value(), member.id(), member.userId()));
  }

  /// Makes a membership what the claims of a sign-in give, in the caller's transaction: added,
  /// raised, lowered or removed. One that people gave or changed stays theirs, and a workspace its
  /// last owner.
  ///
  /// @param claimed empty if the claims give none
  /// @return false if there is no such workspace
  public boolean follow(String slug, UserId user, Optional<Role> claimed) {
    var found = workspaces.bySlug(slug);
    found.ifPresent(workspace -> follow(workspace, user, claimed));
    return found.isPresent();
  }

  private void follow(WorkspaceId workspace, UserId user, Optional<Role> claimed) {
    var name = locked(workspace);
    var member = store.find(workspace, user.value()).orElse(null);
    if (member == null) {
      claimed.ifPresent(role -> {
        var joined = join(workspace, name, user, role);
        store.changeRole(joined.id(), role, true);
      });
      return;
    }
    var is = Role.of(member.role());
    var isLastOwner = is == Role.OWNER && !store.hasOwnerBeside(workspace, member.id());
    if (isLastOwner || claimed.equals(Optional.of(is)) || !store.isFromClaims(member.id())) {
      return;
    }
    claimed.ifPresentOrElse(
        role -> {
          store.changeRole(member.id(), role, true);
          var changed = member(workspace, member.id());
          append(workspace, EventType.MEMBER_UPDATED, changed, new Updated(changed));
        },
        () -> delete(workspace, member));
  }

  /// The member, if whoever asks may change it and an owner remains.
  private MemberView replaceable(WorkspaceId workspace, Role by, UUID memberId, boolean falls) {
    locked(workspace);
    var member = member(workspace, memberId);
    if (member.isOwner() && by != Role.OWNER) {
      throw Refused.forbidden();
    }
    if (member.isOwner() && falls && !store.hasOwnerBeside(workspace, member.id())) {
      throw Refused.badRequest("workspace must have at least one owner");
    }
    return member;
  }

  private String locked(WorkspaceId workspace) {
    return workspaces.lock(workspace).orElseThrow(() -> Refused.notFound(Workspaces.NOT_FOUND));
  }

  private MemberView member(WorkspaceId workspace, UUID id) {
    return store.find(workspace, id).orElseThrow(() -> Refused.notFound(NOT_FOUND));
  }

  /// What the events say. Records, since the members of a `Map.of` have another order in each
  /// process.
  private record Added(MemberView member, String workspaceName) {}

  private record Updated(MemberView member) {}

  private record Removed(UUID workspaceId, UUID memberId, UUID userId) {}

  private void append(WorkspaceId workspace, EventType type, MemberView member, Record data) {
    outbox.append(workspace, type, member.id(), json.writeValueAsString(data));
    Outbox.afterCommit(callers::forget);
  }
}
