package dev.muster.api.queue;

import dev.muster.api.edge.IdempotencyKey;
import dev.muster.api.edge.Refused;
import dev.muster.events.id.TaskId;
import dev.muster.events.sql.Rows;
import java.util.Optional;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/// What requests with an idempotency key have made. The row is written by the statement that makes
/// it, so both are there or neither; of two at the same time the second is refused by the key and
/// finds what the first has made. Kept for 24 hours.
@Component
public class Idempotency {
  private final JdbcClient db;

  Idempotency(JdbcClient db) {
    this.db = db;
  }

  /// What was made, and under which claim.
  public record Made(TaskId task, long claimGeneration) {}

  private record Row(UUID taskId, long claimGeneration, String requestHash) {}

  /// What this request made before; empty if it is new.
  ///
  /// @param scope the runtime of a claim, the workspace of a new task
  /// @throws Refused 422 if the key was used for another request
  public Optional<Made> find(UUID scope, IdempotencyKey key) {
    var row =
        db.sql(
                """
                SELECT task_id, claim_generation, request_hash FROM idempotency_key
                 WHERE scope = :scope AND key = :key
                """)
            .param("scope", scope)
            .param("key", key.key())
            .query(Rows.of(Row.class))
            .optional();
    if (row.isPresent() && !row.get().requestHash().equals(key.hash())) {
      throw Refused.otherRequest(IdempotencyKey.HEADER);
    }
    return row.map(r -> new Made(new TaskId(r.taskId()), r.claimGeneration()));
  }
}
