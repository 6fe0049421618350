package dev.muster.api.account;

import dev.muster.api.access.AccessTokens;
import dev.muster.api.access.Caller;
import dev.muster.api.access.Callers;
import dev.muster.api.access.Grant;
import dev.muster.api.access.Scope;
import dev.muster.api.access.TokenView;
import dev.muster.api.edge.Created;
import dev.muster.api.edge.Input;
import dev.muster.api.edge.JsonBody;
import dev.muster.api.edge.Limits;
import dev.muster.api.edge.NextLink;
import dev.muster.api.edge.Refused;
import dev.muster.api.edge.RowCursor;
import dev.muster.events.id.WorkspaceId;
import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/// A user's own tokens. A narrowed token makes, sees and revokes only what is as narrow as itself.
@RestController
@RequestMapping("/api/tokens")
class TokenController {
  private final AccessTokens tokens;
  private final TokenRenewal renewal;
  private final Callers callers;

  TokenController(AccessTokens tokens, TokenRenewal renewal, Callers callers) {
    this.tokens = tokens;
    this.renewal = renewal;
    this.callers = callers;
  }

  record NewToken(
      @Nullable String name,
      @Nullable Integer expiresInDays,
      @Nullable String scope,
      @Nullable String workspaceId,
      @Nullable Boolean oneDaemon) {}

  @PostMapping({"", "/"})
  @ResponseStatus(HttpStatus.CREATED)
  ResponseEntity<TokenView> create(
      Caller caller, @JsonBody NewToken wanted, HttpServletRequest request) {
    var scope = wanted.scope() == null ? Scope.ALL : Grant.scope(wanted.scope());
    var own = tokens.own(caller).workspaceId();
    var isInvited = caller.scope() == Scope.INVITATION;
    if (isInvited && wanted.workspaceId() != null) {
      throw Refused.invalid("workspace_id", "is the invitation's");
    }
    var workspace =
        isInvited && own != null ? new WorkspaceId(own) : workspace(caller, wanted.workspaceId());
    var grant =
        Grant.of(
            caller.user(),
            wanted.name(),
            scope,
            workspace,
            wanted.oneDaemon(),
            wanted.expiresInDays());
    var isWider = own != null && (workspace == null || !own.equals(workspace.value()));
    if (isWider || (caller.scope() != Scope.ALL && caller.scope() != scope && !isInvited)) {
      throw Refused.forbidden();
    }
    var token = tokens.issue(grant, caller, request.getRemoteAddr());
    if (isInvited) {
      callers.forget();
    }
    return Created.at("/api/tokens/" + token.id(), token);
  }

  private static @Nullable WorkspaceId workspace(Caller caller, @Nullable String named) {
    if (named == null) {
      return null;
    }
    var workspace = new WorkspaceId(Input.id("workspace_id", named));
    caller.memberOf(workspace, "workspace not found");
    return workspace;
  }

  /// Lets the token of the request live on, if it is about to end.
  @PostMapping("/current/renew")
  TokenRenewal.Renewed renew(Caller caller, HttpServletRequest request) {
    return renewal.renew(caller, request.getRemoteAddr());
  }

  @GetMapping({"", "/"})
  ResponseEntity<List<TokenView>> list(
      Caller caller,
      @RequestParam(required = false) @Nullable String cursor,
      @RequestParam(required = false) @Nullable String limit,
      HttpServletRequest request) {
    var rows = Input.limit(limit, Limits.ELEMENTS);
    var within = tokens.own(caller).workspaceId();
    var page = tokens.list(caller.user(), within, RowCursor.Order.TOKENS.parse(cursor), rows);
    var next = page.next(last -> RowCursor.Order.TOKENS.cursor(last.createdAt(), last.id()));
    return NextLink.answer(request, page.rows(), "cursor", next);
  }

  /// Revokes one of the caller's own tokens, or, for those who administer a workspace, one of its
  /// service users.
  @DeleteMapping("/{id}")
  @ResponseStatus(HttpStatus.NO_CONTENT)
  void revoke(Caller caller, @PathVariable String id, HttpServletRequest request) {
    var within = tokens.own(caller).workspaceId();
    var isGone =
        Input.lenientId(id)
            .filter(token ->
                tokens.revoke(
                    caller.user(), token, within, caller.administered(), request.getRemoteAddr()))
            .isPresent();
    if (!isGone) {
      throw Refused.notFound("token not found");
    }
    callers.forget();
  }
}
