package dev.muster.api.attempt;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.muster.api.edge.Input;
import dev.muster.events.id.AttemptId;
import dev.muster.events.id.RuntimeId;
import dev.muster.events.id.TaskId;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/// Which task an id means, wherever a daemon or its agent names one: a task, or one claim of it.
@Component
public class AttemptIds {
  private static final int REMEMBERED_MAX = 100_000;

  private final JdbcClient db;

  /// What a claim's id means never changes.
  private final Cache<UUID, Named> known =
      Caffeine.newBuilder().maximumSize(REMEMBERED_MAX).build();

  AttemptIds(JdbcClient db) {
    this.db = db;
  }

  /// What an id names.
  ///
  /// @param generation of the claim; null where the id is the task's own
  /// @param runtime that made the claim; null with `generation`
  public record Named(TaskId task, @Nullable Long generation, @Nullable RuntimeId runtime) {
    /// The generation that a writer holds, who may send one besides.
    public @Nullable Long held(@Nullable Long sent) {
      return generation == null ? sent : generation;
    }
  }

  /// What the id names. Empty if it is malformed, or names no claim; whether there is a task of
  /// that id is not asked.
  public Optional<Named> find(@Nullable String id) {
    return Input.lenientId(id).flatMap(this::find);
  }

  private Optional<Named> find(UUID id) {
    if (!AttemptId.isOne(id)) {
      return Optional.of(new Named(new TaskId(id), null, null));
    }
    var named = known.getIfPresent(id);
    if (named != null) {
      return Optional.of(named);
    }
    var found = load(id);
    found.ifPresent(attempt -> known.put(id, attempt));
    return found;
  }

  private Optional<Named> load(UUID id) {
    return db.sql(
            "SELECT task_id, claim_generation, runtime_id FROM task_token WHERE attempt_id = :id"
                + " LIMIT 1")
        .param("id", id)
        .query((row, _) ->
            new Named(
                new TaskId(row.getObject("task_id", UUID.class)),
                row.getLong("claim_generation"),
                new RuntimeId(row.getObject("runtime_id", UUID.class))))
        .optional();
  }
}
