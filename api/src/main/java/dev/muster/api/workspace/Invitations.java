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
import java.util.List;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/// The way in for people whom somebody has added: a token that they are handed, which makes one of
/// their own, once.
///
/// Whoever has it is that person until then, so nobody invites whom they do not administer in all
/// workspaces that the person is in, and nobody a person who can sign in already.
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
  /// @throws Refused 404 if there is no such member, 403 if the caller administers the person not
  ///   everywhere, 409 if the person can sign in
  @Transactional
  public Invitation invite(WorkspaceId workspace, UUID memberId, Caller caller, String address) {
    var member =
        store.find(workspace, memberId).orElseThrow(() -> Refused.notFound("member not found"));
    if (member.email().endsWith(AccessTokens.SERVICE_USER)) {
      throw Refused.conflict("a service user is no person: its tokens are made for it");
    }
    var person = person(member.userId());
    if (person.canSignIn()) {
      throw Refused.conflict("%s can sign in already".formatted(member.email()));
    }
    requireAdministered(member.userId(), caller, person.wasHere());
    return insert(member, caller, address);
  }

  private Person person(UUID user) {
    return db.sql(
            """
            SELECT EXISTS (SELECT FROM user_identity WHERE user_id = :user)
                     OR coalesce(bool_or(NOT revoked AND coalesce(expires_at > now(), true)), false) AS can_sign_in,
                   count(*) > 0 AS was_here
              FROM access_token WHERE user_id = :user AND scope <> 'invitation'
            """)
        .param("user", user)
        .query(Rows.of(Person.class))
        .single();
  }

  private record Membership(UUID workspaceId, String role) {}

  /// Somebody who was here has made things of their own, and is let in again by owners alone.
  private void requireAdministered(UUID user, Caller caller, boolean wasHere) {
    List<Membership> memberships =
        db.sql("SELECT workspace_id, role FROM member WHERE user_id = :user")
            .param("user", user)
            .query(Rows.of(Membership.class))
            .list();
    for (var membership : memberships) {
      var by = caller.role(new WorkspaceId(membership.workspaceId()));
      var needsOwner = wasHere || Role.of(membership.role()) == Role.OWNER;
      if (by.isEmpty() || !(needsOwner ? by.get() == Role.OWNER : by.get().isOwnerOrAdmin())) {
        throw Refused.forbidden();
      }
    }
  }

  private Invitation insert(MemberView member, Caller caller, String address) {
    db.sql("DELETE FROM access_token WHERE user_id = :user AND scope = 'invitation'")
        .param("user", member.userId())
        .update();
    var token = TokenHash.newToken();
    var made =
        db.sql(
                """
                INSERT INTO access_token (user_id, name, token_hash, token_prefix, scope, expires_at)
                VALUES (:user, 'Invitation', :hash, :prefix, :scope, now() + make_interval(days => :days))
                RETURNING id, expires_at
                """)
            .param("user", member.userId())
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
