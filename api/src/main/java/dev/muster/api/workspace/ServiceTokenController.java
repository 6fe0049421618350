package dev.muster.api.workspace;

import dev.muster.api.access.AccessTokens;
import dev.muster.api.access.Caller;
import dev.muster.api.access.Grant;
import dev.muster.api.access.Role;
import dev.muster.api.access.TokenView;
import dev.muster.api.edge.Input;
import dev.muster.api.edge.JsonBody;
import dev.muster.api.edge.Limits;
import dev.muster.api.edge.Refused;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.transaction.support.TransactionTemplate;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/// Makes service users: members that are a daemon or a dashboard, each with a token that reaches
/// its workspace only.
@RestController
class ServiceTokenController {
  private final MemberStore store;
  private final WorkspaceStore workspaces;
  private final Members members;
  private final AccessTokens tokens;
  private final TransactionTemplate transaction;

  ServiceTokenController(
      MemberStore store,
      WorkspaceStore workspaces,
      Members members,
      AccessTokens tokens,
      TransactionTemplate transaction) {
    this.store = store;
    this.workspaces = workspaces;
    this.members = members;
    this.tokens = tokens;
    this.transaction = transaction;
  }

  record NewServiceToken(
      @Nullable String name, @Nullable String scope, @Nullable Integer expiresInDays) {}

  @PostMapping("/api/workspaces/{id}/service-tokens")
  @ResponseStatus(HttpStatus.CREATED)
  TokenView create(Caller caller, @PathVariable String id, @JsonBody NewServiceToken wanted) {
    var workspace = Workspaces.id(Input.id("id", id).toString());
    caller.administers(workspace, Workspaces.NOT_FOUND);
    var name = Input.required("name", wanted.name(), Limits.NAME);
    var scope = Grant.scope(Input.required("scope", wanted.scope(), Limits.NAME));
    return transaction.execute(_ -> {
      var workspaceName =
          workspaces.lock(workspace).orElseThrow(() -> Refused.notFound(Workspaces.NOT_FOUND));
      var user = store.user(name, UUID.randomUUID() + "@service.localhost");
      members.join(workspace, workspaceName, user, Role.MEMBER);
      return tokens.issue(Grant.of(user, name, scope, workspace, wanted.expiresInDays()));
    });
  }
}
