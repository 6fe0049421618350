package dev.muster.api.audit;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.muster.api.access.Caller;
import dev.muster.api.edge.Page;
import dev.muster.events.id.WorkspaceId;
import dev.muster.events.sql.Rows;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Repository;

/// The log of changes, in Postgres: a row for each, which is there before the change is made.
@Repository
class AuditLog {
  static final int LIST_MAX = 500;

  private static final String LIST =
      Page.sql(
          """
          SELECT l.id, l.at, l.actor_type, l.actor_id,
                 CASE l.actor_type WHEN 'agent' THEN (SELECT name FROM agent WHERE id = l.actor_id)
                                   ELSE (SELECT name FROM app_user WHERE id = l.actor_id) END AS actor_name,
                 l.token_id, l.address, l.request_id, l.action, l.subject_id, l.members, l.status
            FROM audit_log l
           WHERE l.workspace_id = :workspace AND l.id < coalesce(:before::bigint, 9223372036854775807)
           ORDER BY l.id DESC
          """,
          "id DESC",
          "members::text");

  private final JdbcClient db;

  AuditLog(JdbcClient db) {
    this.db = db;
  }

  /// A change that somebody asks for.
  ///
  /// @param action the route, `PATCH /api/agents/{id}`
  /// @param workspace if the request names it
  /// @param subject what the path names, if anything
  record Change(
      AuditedRoutes route,
      String action,
      @Nullable UUID workspace,
      @Nullable UUID subject,
      String address,
      String requestId) {}

  /// One entry of the log.
  ///
  /// @param actorName as the actor is called today; null if there is no such one any more
  /// @param members the names of what the request's body set
  /// @param status as it was answered; null if the process ended before the answer, so that nobody
  ///   knows whether it was done
  record Entry(
      long id,
      Instant at,
      String actorType,
      UUID actorId,
      @JsonInclude(JsonInclude.Include.ALWAYS) @Nullable String actorName,
      UUID tokenId,
      String address,
      String requestId,
      String action,
      @JsonInclude(JsonInclude.Include.ALWAYS) @Nullable UUID subjectId,
      List<String> members,
      @JsonInclude(JsonInclude.Include.ALWAYS) @Nullable Integer status) {}

  /// Writes down that a change is about to be made. Empty where the caller is no member: nothing is
  /// changed then.
  Optional<Long> begin(Caller caller, Change change) {
    return db.sql(
            """
            INSERT INTO audit_log (workspace_id, actor_type, actor_id, token_id, address, request_id, action, subject_id)
            SELECT w.id, :actor_type, :actor, :token, :address, :request, :action, :subject::uuid
              FROM workspace w WHERE w.id = coalesce(:workspace::uuid, (%s)) AND w.id = ANY (:workspaces)
            RETURNING id
            """
                .formatted(change.route().workspaceSql()))
        .param("actor_type", caller.author().type())
        .param("actor", caller.author().id())
        .param("token", caller.tokenId())
        .param("address", change.address())
        .param("request", change.requestId())
        .param("action", change.action())
        .param("subject", change.subject())
        .param("workspace", change.workspace())
        .param("workspaces", caller.workspaces())
        .query(Long.class)
        .optional();
  }

  /// Notes how a change was answered.
  ///
  /// @param made what it made, if anything
  void end(long id, int status, @Nullable UUID made, List<String> members) {
    db.sql(
            """
            UPDATE audit_log SET status = :status, members = :members, subject_id = coalesce(subject_id, :made::uuid)
             WHERE id = :id
            """)
        .param("id", id)
        .param("status", status)
        .param("made", made)
        .param("members", members.toArray(String[]::new))
        .update();
  }

  /// Forgets a change that was refused.
  void discard(long id) {
    db.sql("DELETE FROM audit_log WHERE id = :id").param("id", id).update();
  }

  /// A page of a workspace's log, the newest first.
  Page<Entry> list(WorkspaceId workspace, @Nullable Long before, int limit) {
    return Page.read(
        db.sql(LIST).param("workspace", workspace.value()).param("before", before),
        limit,
        Rows.of(Entry.class));
  }

  /// Forgets what is older than a year.
  @Scheduled(fixedDelayString = "PT1H")
  void forgetOld() {
    db.sql("DELETE FROM audit_log WHERE at < now() - interval '1 year'").update();
  }
}
