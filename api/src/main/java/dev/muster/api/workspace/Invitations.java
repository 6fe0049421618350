package dev.muster.api.workspace;

import dev.muster.api.access.AccessTokens;
import dev.muster.api.access.Caller;
import dev.muster.api.access.Role;
import dev.muster.api.access.Scope;
import dev.muster.api.access.TokenAudit;
import dev.muster.api.access.TokenHash;
import dev.muster.api.edge.Refused;
import dev.muster.events.id.WorkspaceId;
import dev.muster.events.sql.Rows;
import java.time.Instant;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/// The way in for people whom somebody has added: a token that they are handed, which makes one of
/// their own, once.
///
/// Whoever has it is that person, so it and what it makes reach the workspace of the invitation
/// alone: whoever invites gets nowhere else by it, also where the person is added later.
@Component
class Invitations {
  private static final int DAYS = 7;
  private static final int PREFIX_LENGTH = 12;

  private final JdbcClient db;
  private final MemberStore store;
  private final TokenAudit audit;

  Invitations(JdbcClient db, MemberStore store, TokenAudit audit) {
    this.db = db;
    this.store = store;
    this.audit = audit;
  }

  /// @param token shown only now
  record Invitation(String email, String token, Instant expiresAt) {}

  private record Person(boolean canSignIn, boolean wasHere) {}

  private record Made(UUID id, Instant expiresAt) {}

  /// Invites a member, in the place of an earlier invitation.
  ///
  /// @param by the caller's role
  /// @throws Refused 404 if there is no such member, 403 if it takes an owner, 409 if the person
  ///   can sign in
  @Transactional
  public Invitation invite(
      WorkspaceId workspace, Role by, UUID memberId, Caller caller, String address) {
    var member =
        store.find(workspace, memberId).orElseThrow(() -> Refused.notFound("member not found"));
    if (member.email().endsWith(AccessTokens.SERVICE_USER)) {
      throw Refused.conflict("a service user is no person: its tokens are made for it");
    }
    var person = person(member);
    if (person.canSignIn()) {
      throw Refused.conflict("%s can sign in already".formatted(member.email()));
    }
    // Somebody who was here has made things of their own.
    if ((member.isOwner() || person.wasHere()) && by != Role.OWNER) {
      throw Refused.forbidden();
    }
    return insert(member, caller, address);
  }

  private Person person(MemberView member) {
    return db.sql(
            """
            SELECT EXISTS (SELECT FROM user_identity WHERE user_id = :user)
                     OR coalesce(bool_or(NOT revoked AND coalesce(expires_at > now(), true)), false) AS can_sign_in,
                   count(*) > 0 AS was_here
              FROM access_token
             WHERE user_id = :user AND scope <> 'invitation' AND coalesce(workspace_id, :workspace) = :workspace
            """)
        .param("user", member.userId())
        .param("workspace", member.workspaceId())
        .query(Rows.of(Person.class))
        .single();
  }

  private Invitation insert(MemberView member, Caller caller, String address) {
    db.sql(
            "DELETE FROM access_token WHERE user_id = :user AND workspace_id = :workspace AND scope = 'invitation'")
        .param("user", member.userId())
        .param("workspace", member.workspaceId())
        .update();
    var token = TokenHash.newToken();
    var made =
        db.sql(
                """
                INSERT INTO access_token (user_id, workspace_id, name, token_hash, token_prefix, scope, expires_at)
                VALUES (:user, :workspace, 'Invitation', :hash, :prefix, :scope, now() + make_interval(days => :days))
                RETURNING id, expires_at
                """)
            .param("user", member.userId())
            .param("workspace", member.workspaceId())
            .param("hash", TokenHash.of(token))
            .param("prefix", token.substring(0, PREFIX_LENGTH))
            .param("scope", Scope.INVITATION.wire())
            .param("days", DAYS)
            .query(Rows.of(Made.class))
            .single();
    audit.did("made", caller.user(), made.id(), address);
    return new Invitation(member.email(), token, made.expiresAt());
  }
}
