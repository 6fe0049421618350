package dev.muster.api.task;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonRawValue;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// A task as its claim hands it out, with everything a daemon needs to run it.
///
/// @param agent name, instructions, skills and their files, a JSON object
/// @param priorSessionId the session to go on with, if this runtime has one: of the task's own last
///   attempt, or else of the agent's last completed run on the issue
/// @param claimGeneration what later writes may carry in `Claim-Generation`
/// @param title of the issue
/// @param prompt the issue's description
/// @param commentIds the comments that came while the task waited, a JSON array
/// @param timeoutSeconds how long it may run; null for what is usual
record ClaimedTask(
    UUID id,
    UUID agentId,
    UUID runtimeId,
    UUID issueId,
    String status,
    int priority,
    @Nullable Instant dispatchedAt,
    @Nullable Instant startedAt,
    @Nullable Instant completedAt,
    @JsonRawValue @Nullable String result,
    @Nullable String error,
    @JsonRawValue String agent,
    Instant createdAt,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) @Nullable String priorSessionId,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) @Nullable String priorWorkDir,
    UUID workspaceId,
    int attempt,
    int maxAttempts,
    long claimGeneration,
    String title,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) @Nullable String prompt,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) @JsonRawValue @Nullable String commentIds,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Integer timeoutSeconds) {
  /// What a claimed task is made of, for a query that has it as `handed_out`.
  static final String SELECT =
      """
      SELECT t.id, t.agent_id, t.runtime_id, t.issue_id, t.status, t.priority, t.dispatched_at, t.started_at,
             t.completed_at, t.result::text AS result, t.error, t.created_at, t.workspace_id, t.attempt, t.max_attempts,
             t.claim_generation, t.timeout_seconds, i.title, i.description AS prompt,
             CASE WHEN t.comment_ids <> '{}' THEN to_json(t.comment_ids)::text END AS comment_ids,
             CASE WHEN own.is_here THEN t.session_id ELSE prior.session_id END AS prior_session_id,
             CASE WHEN own.is_here THEN t.work_dir ELSE prior.work_dir END AS prior_work_dir,
             (SELECT (jsonb_build_object('id', a.id, 'name', a.name, 'instructions', a.instructions)
                      || coalesce(
                        (SELECT jsonb_build_object('skills', jsonb_agg(
                                  jsonb_build_object('name', s.name, 'content', s.content) || coalesce(
                                    (SELECT jsonb_build_object('files', jsonb_agg(
                                              jsonb_build_object('path', f.path, 'content', f.content) ORDER BY f.path))
                                       FROM skill_file f WHERE f.skill_id = s.id HAVING count(*) > 0), '{}')
                                  ORDER BY s.name))
                           FROM agent_skill k JOIN skill s ON s.id = k.skill_id
                          WHERE k.agent_id = a.id HAVING count(*) > 0), '{}'))::text
                FROM agent a WHERE a.id = t.agent_id) AS agent
        FROM handed_out t
        JOIN issue i ON i.id = t.issue_id
        CROSS JOIN LATERAL (SELECT coalesce(t.session_id IS NOT NULL AND t.session_runtime_id = t.runtime_id, false) AS is_here) own
        LEFT JOIN LATERAL (
          SELECT p.session_id, p.work_dir FROM task p
           WHERE p.issue_id = t.issue_id AND p.agent_id = t.agent_id AND p.runtime_id = t.runtime_id
             AND p.status = 'completed' AND p.session_id IS NOT NULL
           ORDER BY p.completed_at DESC LIMIT 1) prior ON true
      """;
}
