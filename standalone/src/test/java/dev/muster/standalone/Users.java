package dev.muster.standalone;

import dev.muster.api.access.TokenHash;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// Makes users with tokens, as the login that Muster does not have would.
record Users(TestMuster muster) {
  /// What a token is narrowed to.
  record Narrowing(String scope, @Nullable UUID workspace) {
    static final Narrowing NONE = new Narrowing("all", null);
  }

  /// A user who belongs to no workspace.
  UUID newUser() {
    return muster
        .db()
        .sql(
            "INSERT INTO app_user (name, email) VALUES ('U', gen_random_uuid() || '@test') RETURNING id")
        .query(UUID.class)
        .single();
  }

  /// The api as a new user sees it.
  Api newApi() {
    return api(newUser(), Narrowing.NONE);
  }

  Api api(UUID user, Narrowing narrowing) {
    var token = TokenHash.newToken();
    muster
        .db()
        .sql(
            """
            INSERT INTO access_token (user_id, name, token_hash, token_prefix, scope, workspace_id)
            VALUES (:user, 'test', :hash, 'mul_', :scope, :workspace::uuid)
            """)
        .param("user", user)
        .param("hash", TokenHash.of(token))
        .param("scope", narrowing.scope())
        .param("workspace", narrowing.workspace())
        .update();
    return new Api(muster.url(), token);
  }

  UUID userOf(Api api) {
    return Api.id(api.get("/api/me").ok());
  }

  void join(UUID user, UUID workspace, String role) {
    muster
        .db()
        .sql("INSERT INTO member (workspace_id, user_id, role) VALUES (:workspace, :user, :role)")
        .param("workspace", workspace)
        .param("user", user)
        .param("role", role)
        .update();
  }
}
