package dev.muster.api.workspace;

import dev.muster.api.access.AccessTokens;
import dev.muster.api.access.Caller;
import dev.muster.api.access.Callers;
import dev.muster.api.access.Grant;
import dev.muster.api.access.Role;
import dev.muster.api.access.TokenAudit;
import dev.muster.api.access.TokenView;
import dev.muster.api.edge.Created;
import dev.muster.api.edge.Input;
import dev.muster.api.edge.JsonBody;
import dev.muster.api.edge.LargeAnswer;
import dev.muster.api.edge.Limits;
import dev.muster.api.edge.NextLink;
import dev.muster.api.edge.Refused;
import dev.muster.api.edge.RowCursor;
import dev.muster.events.id.WorkspaceId;
import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.transaction.support.TransactionTemplate;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/// Makes service users, and rotates and revokes their tokens: members that are a daemon or a
/// dashboard, each with a token that reaches its workspace only.
@RestController
class ServiceTokenController {
  private final MemberStore store;
  private final WorkspaceStore workspaces;
  private final Members members;
  private static final String TOKEN_NOT_FOUND = "token not found";

  private final AccessTokens tokens;
  private final TokenAudit audit;
  private final Callers callers;
  private final TransactionTemplate transaction;

  ServiceTokenController(
      MemberStore store,
      WorkspaceStore workspaces,
      Members members,
      AccessTokens tokens,
      TokenAudit audit,
      Callers callers,
      TransactionTemplate transaction) {
    this.store = store;
    this.workspaces = workspaces;
    this.members = members;
    this.tokens = tokens;
    this.audit = audit;
    this.callers = callers;
    this.transaction = transaction;
  }

  record NewServiceToken(
      @Nullable String name,
      @Nullable String scope,
      @Nullable Integer expiresInDays,
      @Nullable Boolean oneDaemon) {}

  @PostMapping("/api/workspaces/{id}/service-tokens")
  @ResponseStatus(HttpStatus.CREATED)
  ResponseEntity<TokenView> create(
      Caller caller,
      @PathVariable String id,
      @JsonBody NewServiceToken wanted,
      HttpServletRequest request) {
    var workspace = administered(caller, id);
    var name = Input.required("name", wanted.name(), Limits.NAME);
    var scope = Grant.scope(Input.required("scope", wanted.scope(), Limits.NAME));
    return made(
        workspace,
        transaction.execute(_ -> {
          var workspaceName =
              workspaces.lock(workspace).orElseThrow(() -> Refused.notFound(Workspaces.NOT_FOUND));
          var user = store.user(name, UUID.randomUUID() + AccessTokens.SERVICE_USER);
          members.join(workspace, workspaceName, user, Role.MEMBER);
          return tokens.issue(
              Grant.of(user, name, scope, workspace, wanted.oneDaemon(), wanted.expiresInDays()),
              caller,
              request.getRemoteAddr());
        }));
  }

  private static ResponseEntity<TokenView> made(WorkspaceId workspace, TokenView token) {
    return Created.at(
        "/api/workspaces/%s/service-tokens/%s".formatted(workspace, token.id()), token);
  }

  /// The valid tokens of the workspace's service users, the newest first.
  @LargeAnswer
  @GetMapping("/api/workspaces/{id}/service-tokens")
  ResponseEntity<List<TokenView>> list(
      Caller caller,
      @PathVariable String id,
      @RequestParam(required = false) @Nullable String limit,
      @RequestParam(required = false) @Nullable String cursor,
      HttpServletRequest request) {
    var rows = Input.limit(limit, AccessTokens.LIST_MAX);
    var page =
        tokens.ofServiceUsers(
            administered(caller, id), RowCursor.Order.SERVICE_TOKENS.parse(cursor), rows);
    var next =
        page.next(last -> RowCursor.Order.SERVICE_TOKENS.cursor(last.createdAt(), last.id()));
    return NextLink.answer(request, page.rows(), "cursor", next);
  }

  private static WorkspaceId administered(Caller caller, String id) {
    var workspace = Workspaces.id(Input.id("id", id).toString());
    caller.administers(workspace, Workspaces.NOT_FOUND);
    return workspace;
  }

  @DeleteMapping("/api/workspaces/{id}/service-tokens/{token}")
  @ResponseStatus(HttpStatus.NO_CONTENT)
  void revoke(
      Caller caller,
      @PathVariable String id,
      @PathVariable String token,
      HttpServletRequest request) {
    var workspace = administered(caller, id);
    if (Input.lenientId(token)
        .filter(found -> isRevoked(caller, workspace, found, request))
        .isEmpty()) {
      throw Refused.notFound(TOKEN_NOT_FOUND);
    }
    callers.forget();
  }

  private boolean isRevoked(
      Caller caller, WorkspaceId workspace, UUID token, HttpServletRequest request) {
    return tokens.likeServiceToken(workspace, token).isPresent()
        && tokens.revoke(
            caller.user(),
            token,
            workspace.value(),
            new UUID[] {workspace.value()},
            request.getRemoteAddr());
  }

  /// A new token in the place of an old one, which is dead at once.
  @PostMapping("/api/workspaces/{id}/service-tokens/{token}/rotate")
  @ResponseStatus(HttpStatus.CREATED)
  ResponseEntity<TokenView> rotate(
      Caller caller,
      @PathVariable String id,
      @PathVariable String token,
      HttpServletRequest request) {
    var workspace = administered(caller, id);
    var made =
        transaction.execute(_ -> {
          var old = Input.lenientId(token).orElseThrow(() -> Refused.notFound(TOKEN_NOT_FOUND));
          var grant =
              tokens
                  .likeServiceToken(workspace, old)
                  .orElseThrow(() -> Refused.notFound(TOKEN_NOT_FOUND));
          if (!isRevoked(caller, workspace, old, request)) {
            throw Refused.notFound(TOKEN_NOT_FOUND);
          }
          return tokens.issue(grant, caller, request.getRemoteAddr());
        });
    callers.forget();
    return made(workspace, made);
  }

  /// A page of what happened to the tokens that reach this workspace only.
  ///
  /// @param next what to send as `before` for the page after this one; null on the last
  record Audit(List<TokenAudit.Entry> entries, @Nullable String next) {}

  @GetMapping("/api/workspaces/{id}/token-audit")
  Audit audit(
      Caller caller,
      @PathVariable String id,
      @RequestParam(required = false) @Nullable String before,
      @RequestParam(required = false) @Nullable String limit) {
    var rows = Input.limit(limit, TokenAudit.LIST_MAX);
    var page = audit.list(administered(caller, id), Input.place("before", before), rows);
    return new Audit(page.rows(), page.next(last -> Long.toString(last.id())));
  }
}
