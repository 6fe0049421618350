package dev.muster.api.workspace;

import dev.muster.api.access.Role;
import dev.muster.api.edge.Page;
import dev.muster.api.edge.RowCursor;
import dev.muster.events.id.UserId;
import dev.muster.events.id.WorkspaceId;
import dev.muster.events.sql.Rows;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.RowMapper;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/// The rows of members and the users behind them.
@Component
class MemberStore {
  static final int LIST_MAX = 10_000;

  private static final String LIST =
      Page.sql(
          """
          SELECT m.id, m.workspace_id, m.user_id, m.role, m.created_at, u.name, u.email, u.avatar_url
            FROM member m JOIN app_user u ON u.id = m.user_id
           WHERE m.workspace_id = :workspace
             AND (m.created_at, m.id) > (coalesce(to_timestamp(:after_time::bigint / 1e6), '-infinity'),
                                         coalesce(:after_id::uuid, '00000000-0000-0000-0000-000000000000'))
           ORDER BY m.created_at, m.id
          """,
          "created_at, id");

  private static final RowMapper<MemberView> ROW = Rows.of(MemberView.class);

  private final JdbcClient db;

  MemberStore(JdbcClient db) {
    this.db = db;
  }

  /// A page of the members, those who came first before the others.
  Page<MemberView> list(WorkspaceId workspace, @Nullable RowCursor after, int limit) {
    var statement =
        db.sql(LIST)
            .param("workspace", workspace.value())
            .param("after_id", after == null ? null : after.id())
            .param("after_time", after == null ? null : after.micros());
    return Page.read(statement, limit, ROW);
  }

  /// The member with this id, or of this user.
  Optional<MemberView> find(WorkspaceId workspace, UUID memberOrUser) {
    return db.sql(
            """
            SELECT m.id, m.workspace_id, m.user_id, m.role, m.created_at, u.name, u.email, u.avatar_url
              FROM member m JOIN app_user u ON u.id = m.user_id
             WHERE m.workspace_id = :workspace AND (m.id = :id OR m.user_id = :id)
             ORDER BY m.id = :id DESC
             LIMIT 1
            """)
        .param("workspace", workspace.value())
        .param("id", memberOrUser)
        .query(ROW)
        .optional();
  }

  /// Whether the workspace has an owner besides the member who can sign in: one that was added and
  /// never did cannot let anybody in.
  boolean hasOwnerBeside(WorkspaceId workspace, UUID member) {
    return db.sql(
            """
            SELECT EXISTS (
              SELECT FROM member m
               WHERE m.workspace_id = :workspace AND m.role = 'owner' AND m.id <> :member
                 AND (EXISTS (SELECT FROM user_identity i WHERE i.user_id = m.user_id)
                      OR EXISTS (SELECT FROM access_token t
                                  WHERE t.user_id = m.user_id AND t.scope = 'all' AND NOT t.revoked
                                    AND coalesce(t.workspace_id, m.workspace_id) = m.workspace_id
                                    AND (t.expires_at IS NULL OR t.expires_at > now()))))
            """)
        .param("workspace", workspace.value())
        .param("member", member)
        .query(Boolean.class)
        .single();
  }

  /// The user with this e-mail address, made if there is none.
  UserId user(String name, String email) {
    db.sql(
            "INSERT INTO app_user (name, email) VALUES (:name, :email) ON CONFLICT (email) DO NOTHING")
        .param("name", name)
        .param("email", email)
        .update();
    return new UserId(
        db.sql("SELECT id FROM app_user WHERE email = :email")
            .param("email", email)
            .query(UUID.class)
            .single());
  }

  /// Whether the claims of a sign-in give the membership, and not people.
  boolean isFromClaims(UUID member) {
    return db.sql("SELECT from_claims FROM member WHERE id = :id")
        .param("id", member)
        .query(Boolean.class)
        .single();
  }

  /// Adds a member; empty if the user is one.
  Optional<MemberView> insert(WorkspaceId workspace, UserId user, Role role) {
    var added =
        db.sql(
                """
                INSERT INTO member (workspace_id, user_id, role) VALUES (:workspace, :user, :role)
                ON CONFLICT (workspace_id, user_id) DO NOTHING
                """)
            .param("workspace", workspace.value())
            .param("user", user.value())
            .param("role", role.wire())
            .update();
    return added == 0 ? Optional.empty() : find(workspace, user.value());
  }

  /// @param fromClaims whether the claims of a sign-in give the role, and not people
  void changeRole(UUID member, Role role, boolean fromClaims) {
    db.sql("UPDATE member SET role = :role, from_claims = :from_claims WHERE id = :id")
        .param("from_claims", fromClaims)
        .param("role", role.wire())
        .param("id", member)
        .update();
  }

  void delete(UUID member) {
    db.sql("DELETE FROM member WHERE id = :id").param("id", member).update();
  }
}
