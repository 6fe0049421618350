package dev.muster.api.task;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.muster.api.ApiProperties;
import dev.muster.api.edge.IdempotencyKey;
import dev.muster.api.edge.Refused;
import dev.muster.api.queue.Idempotency;
import dev.muster.events.attempt.Deadlines;
import dev.muster.events.feed.Outbox;
import dev.muster.events.id.RuntimeId;
import dev.muster.events.sql.Rows;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.core.RowMapper;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/// Hands tasks out to runtimes: new ones, and once more what was handed out and got lost.
@Repository
class ClaimStore {
  /// How often a claim is decided anew that another one was faster than.
  private static final int TRIES = 3;

  private static final int DESKS_MAX = 100_000;
  private static final Duration DESK_UNUSED = Duration.ofMinutes(10);

  private static final RowMapper<ClaimedTask> ROW = Rows.of(ClaimedTask.class);

  private final ClaimDecision decision;
  private final JdbcClient db;
  private final Idempotency idempotency;
  private final Outbox outbox;
  private final Deadlines deadlines;
  private final boolean serialDaemons;

  /// Claims of one runtime wait for each other in Postgres anyway. A desk that was forgotten while
  /// somebody stood at it costs a wait there, and nothing else.
  private final Cache<Desk, GroupCommit<Claimer, Answer>> desks =
      Caffeine.newBuilder().maximumSize(DESKS_MAX).expireAfterAccess(DESK_UNUSED).build();

  ClaimStore(
      ClaimDecision decision,
      JdbcClient db,
      Idempotency idempotency,
      Outbox outbox,
      Deadlines deadlines,
      ApiProperties properties) {
    this.decision = decision;
    this.db = db;
    this.idempotency = idempotency;
    this.outbox = outbox;
    this.deadlines = deadlines;
    this.serialDaemons = properties.serialDaemons();
  }

  /// Who claims.
  ///
  /// @param process what the daemon's process calls itself; one that is not the newest gets nothing
  /// @param key what the daemon calls this claim: repeated, it gets the same task
  record Claimer(RuntimeId runtime, @Nullable String process, @Nullable IdempotencyKey key) {}

  /// The best task this runtime may run now; empty if there is none.
  Optional<ClaimedTask> claim(Claimer claimer) {
    for (var tries = 1; ; tries++) {
      // Before each try, since the claim may have been made already, and once more where there is
      // nothing, since that may be what was the last: made by the same claim, sent twice.
      var made = made(claimer);
      if (made.isPresent()) {
        return made;
      }
      try {
        return decided(claimer).or(() -> made(claimer));
      } catch (DuplicateKeyException e) {
        // Another claim with this key, or of a task with the same concurrency key, was faster.
        if (tries == TRIES) {
          return made(claimer);
        }
      }
    }
  }

  /// What an earlier claim with the same key was given.
  private Optional<ClaimedTask> made(Claimer claimer) {
    var key = claimer.key();
    return key == null
        ? Optional.empty()
        : idempotency.find(claimer.runtime().value(), key).map(this::again);
  }

  private Optional<ClaimedTask> decided(Claimer claimer) {
    var desk = desks.get(new Desk(claimer.runtime(), claimer.process()), _ -> desk());
    var answer = desk.write(claimer);
    while (answer.task() == null && answer.isServedLess()) {
      answer = desk.write(claimer);
    }
    if (answer.task() != null) {
      return Optional.of(answer.task());
    }
    if (answer.undelivered()) {
      return deliverAgain(claimer.runtime());
    }
    if (answer.movedOn() && serialDaemons) {
      boundForgotten(claimer.runtime());
    }
    return Optional.empty();
  }

  /// Whose claims are decided together.
  private record Desk(RuntimeId runtime, @Nullable String process) {}

  /// @param isServedLess whether others who asked at the same time were given something: not before
  ///   nobody is, nothing is left
  private record Answer(
      @Nullable ClaimedTask task, boolean undelivered, boolean movedOn, boolean isServedLess) {}

  private GroupCommit<Claimer, Answer> desk() {
    return new GroupCommit<>(claimers -> {
      var decided = decision.decide(claimers);
      var tasks = decided.tasks();
      if (!tasks.isEmpty()) {
        outbox.wake();
      }
      var answers = new ArrayList<Answer>(claimers.size());
      tasks.forEach(task -> answers.add(new Answer(task, false, false, false)));
      while (answers.size() < claimers.size()) {
        answers.add(new Answer(null, decided.undelivered(), decided.movedOn(), !tasks.isEmpty()));
      }
      return answers;
    });
  }

  /// Hands out once more what this runtime was given and, since it asks again, has not got. It is a
  /// claim of its own generation: should the first answer have been heard after all, by a worker
  /// that slept, that worker cannot start any more.
  private Optional<ClaimedTask> deliverAgain(RuntimeId runtime) {
    var again =
        db.sql(
                """
                WITH again AS (
                  UPDATE task t
                     SET delivered_at = now(), claim_generation = t.claim_generation + 1, event_seq = t.event_seq + 1
                   WHERE t.id = (SELECT id FROM task
                                  WHERE runtime_id = :runtime AND status = 'dispatched'
                                    AND delivered_at < now() - :redeliver * interval '1 second'
                                  ORDER BY dispatched_at, id LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED)
                     AND t.status = 'dispatched'
                  RETURNING new AS t
                ), told AS (
                  INSERT INTO outbox (workspace_id, type, subject_id, seq, data)
                  SELECT (t).workspace_id, 'task.dispatched', (t).id, (t).event_seq, task_event(t) FROM again
                ), handed_out AS (
                  SELECT (t).* FROM again
                )
                """
                    + ClaimedTask.SELECT)
            .param("runtime", runtime.value())
            .param("redeliver", Deadlines.seconds(Deadlines.REDELIVER))
            .query(ROW)
            .optional();
    again.ifPresent(_ -> outbox.wake());
    return again;
  }

  /// The task that an earlier claim with the same key was given, as that claim handed it out.
  ///
  /// @throws Refused 409 if that claim is over
  private ClaimedTask again(Idempotency.Made made) {
    return db.sql(
            """
            WITH handed_out AS (
              UPDATE task t SET delivered_at = now()
               WHERE t.id = :task AND t.claim_generation = :generation AND t.status IN ('dispatched', 'running')
              RETURNING t.*
            )
            """
                + ClaimedTask.SELECT)
        .param("task", made.task().value())
        .param("generation", made.claimGeneration())
        .query(ROW)
        .optional()
        .orElseThrow(() ->
            Refused.fenced(
                "the claim made with this key is over",
                Map.of(
                    "task_id", made.task().value(), "claim_generation", made.claimGeneration())));
  }

  /// A daemon that runs one task at a time asks for the next, so it is through with the one it ran.
  /// If that was to be cancelled, it is; else its final report is lost, unless it comes after all.
  private void boundForgotten(RuntimeId runtime) {
    db.sql(
            """
            UPDATE task
               SET deadline_at = CASE deadline_reason WHEN 'cancelled' THEN now()
                                                      ELSE least(deadline_at, now() + make_interval(secs => :report_lost)) END,
                   deadline_reason = CASE deadline_reason WHEN 'cancelled' THEN 'cancelled' ELSE 'report_lost' END
             WHERE runtime_id = :runtime AND status = 'running' AND deadline_reason IN ('deadline_run', 'cancelled')
            """)
        .param("runtime", runtime.value())
        .param("report_lost", Deadlines.seconds(deadlines.reportLost()))
        .update();
  }
}
