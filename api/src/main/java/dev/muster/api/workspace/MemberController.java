package dev.muster.api.workspace;

import dev.muster.api.access.Caller;
import dev.muster.api.access.Role;
import dev.muster.api.edge.Created;
import dev.muster.api.edge.Input;
import dev.muster.api.edge.JsonBody;
import dev.muster.api.edge.LargeAnswer;
import dev.muster.api.edge.NextLink;
import dev.muster.api.edge.Refused;
import dev.muster.api.edge.RowCursor;
import dev.muster.events.id.WorkspaceId;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PatchMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/// The routes of a workspace's members.
@RestController
@RequestMapping("/api/workspaces/{id}")
class MemberController {
  private final Members members;
  private final MemberStore store;
  private final Invitations invitations;

  MemberController(Members members, MemberStore store, Invitations invitations) {
    this.members = members;
    this.store = store;
    this.invitations = invitations;
  }

  record MemberFields(@Nullable String email, @Nullable String role) {}

  @LargeAnswer
  @GetMapping("/members")
  ResponseEntity<List<MemberView>> list(
      Caller caller,
      @PathVariable String id,
      @RequestParam(required = false) @Nullable String limit,
      @RequestParam(required = false) @Nullable String cursor,
      HttpServletRequest request) {
    var workspace = Workspaces.id(id);
    caller.memberOf(workspace, Workspaces.NOT_FOUND);
    var rows = Input.limit(limit, MemberStore.LIST_MAX);
    var page = store.list(workspace, RowCursor.Order.MEMBERS.parse(cursor), rows);
    var next = page.next(last -> RowCursor.Order.MEMBERS.cursor(last.createdAt(), last.id()));
    return NextLink.answer(request, page.rows(), "cursor", next);
  }

  @PostMapping("/members")
  @ResponseStatus(HttpStatus.CREATED)
  ResponseEntity<MemberView> add(
      Caller caller, @PathVariable String id, @JsonBody MemberFields fields) {
    var workspace = Workspaces.id(id);
    var by = administrator(caller, workspace);
    var email =
        EmailAddress.of(Input.required("email", fields.email(), EmailAddress.MAX))
            .orElseThrow(() ->
                Refused.invalid("email", "is no single e-mail address such as ada@example.org"));
    var member = members.add(workspace, by, email, role(fields.role(), Role.MEMBER.wire()));
    return Created.at("/api/workspaces/%s/members/%s".formatted(workspace, member.id()), member);
  }

  @PatchMapping("/members/{memberId}")
  MemberView changeRole(
      Caller caller,
      @PathVariable String id,
      @PathVariable String memberId,
      @JsonBody MemberFields fields) {
    var workspace = Workspaces.id(id);
    var by = administrator(caller, workspace);
    return members.changeRole(workspace, by, member(memberId), role(fields.role(), ""));
  }

  @DeleteMapping("/members/{memberId}")
  @ResponseStatus(HttpStatus.NO_CONTENT)
  void remove(Caller caller, @PathVariable String id, @PathVariable String memberId) {
    var workspace = Workspaces.id(id);
    members.remove(workspace, administrator(caller, workspace), member(memberId));
  }

  /// Makes the token that lets a new member in.
  @PostMapping("/members/{memberId}/invitation")
  Invitations.Invitation invite(
      Caller caller,
      @PathVariable String id,
      @PathVariable String memberId,
      HttpServletRequest request) {
    var workspace = Workspaces.id(id);
    var by = administrator(caller, workspace);
    return invitations.invite(workspace, by, member(memberId), caller, request.getRemoteAddr());
  }

  @PostMapping("/leave")
  @ResponseStatus(HttpStatus.NO_CONTENT)
  void leave(Caller caller, @PathVariable String id) {
    var workspace = Workspaces.id(id);
    var own = caller.memberOf(workspace, Workspaces.NOT_FOUND);
    members.remove(workspace, own, caller.user().value());
  }

  private static Role administrator(Caller caller, WorkspaceId workspace) {
    caller.administers(workspace, Workspaces.NOT_FOUND);
    return caller.memberOf(workspace, Workspaces.NOT_FOUND);
  }

  private static UUID member(String id) {
    return Input.lenientId(id).orElseThrow(() -> Refused.notFound("member not found"));
  }

  private static Role role(@Nullable String wire, String otherwise) {
    var allowed = Arrays.stream(Role.values()).map(Role::wire).toList();
    return Role.of(Input.oneOf("role", wire == null || wire.isEmpty() ? otherwise : wire, allowed));
  }
}
