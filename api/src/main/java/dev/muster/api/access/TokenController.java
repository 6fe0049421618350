package dev.muster.api.access;

import dev.muster.api.edge.Input;
import dev.muster.api.edge.JsonBody;
import dev.muster.api.edge.Refused;
import dev.muster.events.id.WorkspaceId;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/// A user's own tokens. A narrowed token makes, sees and revokes only what is as narrow as itself.
@RestController
@RequestMapping("/api/tokens")
class TokenController {
  private final AccessTokens tokens;
  private final Callers callers;

  TokenController(AccessTokens tokens, Callers callers) {
    this.tokens = tokens;
    this.callers = callers;
  }

  record NewToken(
      @Nullable String name,
      @Nullable Integer expiresInDays,
      @Nullable String scope,
      @Nullable String workspaceId) {}

  @PostMapping({"", "/"})
  @ResponseStatus(HttpStatus.CREATED)
  TokenView create(Caller caller, @JsonBody NewToken wanted) {
    var scope = wanted.scope() == null ? Scope.ALL : Grant.scope(wanted.scope());
    var workspace = workspace(caller, wanted.workspaceId());
    var grant = Grant.of(caller.user(), wanted.name(), scope, workspace, wanted.expiresInDays());
    var wider = tokens.narrowedTo(caller.tokenId()).filter(own -> !own.equals(workspace));
    if (wider.isPresent() || (caller.scope() != Scope.ALL && caller.scope() != scope)) {
      throw Refused.forbidden();
    }
    return tokens.issue(grant);
  }

  private static @Nullable WorkspaceId workspace(Caller caller, @Nullable String named) {
    if (named == null || named.isEmpty()) {
      return null;
    }
    var workspace = new WorkspaceId(Input.id("workspace_id", named));
    caller.memberOf(workspace, "workspace not found");
    return workspace;
  }

  @GetMapping({"", "/"})
  List<TokenView> list(Caller caller) {
    return tokens.list(caller.user(), tokens.narrowedTo(caller.tokenId()).orElse(null));
  }

  @DeleteMapping("/{id}")
  @ResponseStatus(HttpStatus.NO_CONTENT)
  void revoke(Caller caller, @PathVariable String id) {
    var within = tokens.narrowedTo(caller.tokenId()).orElse(null);
    Input.lenientId(id).ifPresent(token -> tokens.revoke(caller.user(), token, within));
    callers.forget();
  }
}
