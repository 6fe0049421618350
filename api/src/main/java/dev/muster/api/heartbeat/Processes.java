package dev.muster.api.heartbeat;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.muster.api.edge.Input;
import dev.muster.api.edge.Refused;
import dev.muster.events.feed.Outbox;
import dev.muster.events.id.RuntimeId;
import dev.muster.events.task.FailureReason;
import dev.muster.tasks.lane.Tasks;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/// Which process speaks for a runtime. The newest does: an older one that is still alive is told
/// so, and what a process ran that has been replaced is over.
///
/// The idea is the session of GitHub's runners, where the newer session fences the older.
@Component
public class Processes {
  private static final Logger log = LoggerFactory.getLogger(Processes.class);
  private static final int ID_MAX = 100;
  private static final int REMEMBERED_MAX = 100_000;

  /// How long a process is taken to be the newest because it was.
  private static final Duration KNOWN = Duration.ofSeconds(5);

  private static final Duration TOLD_ONCE_IN = Duration.ofMinutes(1);

  private final JdbcClient db;
  private final Tasks tasks;
  private final Outbox outbox;
  private final DuplicateDaemons duplicates;
  private final TransactionTemplate transaction;
  private final Cache<RuntimeId, String> newest =
      Caffeine.newBuilder().maximumSize(REMEMBERED_MAX).expireAfterWrite(KNOWN).build();
  private final Cache<String, Boolean> told =
      Caffeine.newBuilder().maximumSize(REMEMBERED_MAX).expireAfterWrite(TOLD_ONCE_IN).build();

  Processes(
      JdbcClient db,
      Tasks tasks,
      Outbox outbox,
      DuplicateDaemons duplicates,
      TransactionTemplate transaction) {
    this.db = db;
    this.tasks = tasks;
    this.outbox = outbox;
    this.duplicates = duplicates;
    this.transaction = transaction;
  }

  /// A process's name as a client sends it; null if it sends none.
  public static @Nullable String checked(@Nullable String id) {
    return id == null || id.isBlank() ? null : Input.optional("process_id", id.strip(), ID_MAX);
  }

  /// Makes sure that this process speaks for the runtime. One that is new takes over; one without a
  /// name must be the only daemon that does.
  ///
  /// @param id null where the daemon does not say
  /// @throws Refused 409 if a newer one does, or two do
  public void require(RuntimeId runtime, @Nullable String id) {
    var process = checked(id);
    if (process == null) {
      duplicates.requireOne(runtime);
      return;
    }
    if (process.equals(newest.getIfPresent(runtime))) {
      return;
    }
    var current = transaction.execute(_ -> takeOver(runtime, process));
    if (process.equals(current)) {
      newest.put(runtime, process);
      return;
    }
    throw superseded(runtime, process, Objects.requireNonNullElse(current, ""));
  }

  private record Row(@Nullable String processId, List<String> supersededIds) {}

  /// Returns the process that speaks for the runtime from now on.
  private @Nullable String takeOver(RuntimeId runtime, String process) {
    var row =
        db.sql(
                "SELECT process_id, superseded_ids FROM runtime WHERE id = :runtime FOR NO KEY"
                    + " UPDATE")
            .param("runtime", runtime.value())
            .query((r, _) -> new Row(r.getString(1), List.of((String[]) r.getArray(2).getArray())))
            .optional();
    if (row.isEmpty() || process.equals(row.get().processId())) {
      return process;
    }
    if (row.get().supersededIds().contains(process)) {
      return row.get().processId();
    }
    db.sql(
            """
            UPDATE runtime
               SET process_id = :process, updated_at = now(),
                   superseded_ids = CASE WHEN process_id IS NULL THEN superseded_ids
                                         ELSE superseded(process_id, superseded_ids) END
             WHERE id = :runtime
            """)
        .param("process", process)
        .param("runtime", runtime.value())
        .update();
    if (row.get().processId() != null) {
      var _ = tasks.endActive(List.of(runtime), FailureReason.RUNTIME_RESTARTED, null);
    }
    return process;
  }

  /// Tells whoever watches, once in a while, that two processes use one identity.
  Refused superseded(RuntimeId runtime, String old, String current) {
    if (told.asMap().putIfAbsent(runtime + " " + old, true) == null) {
      log.atWarn().addKeyValue("runtime", runtime).log("Two processes use one runtime's identity");
      db.sql(
              """
              INSERT INTO outbox (workspace_id, type, subject_id, data)
              SELECT workspace_id, 'runtime.conflict', id,
                     jsonb_build_object('runtime_id', id, 'daemon_id', daemon_id, 'provider', provider,
                                        'process_id', process_id, 'superseded_process_id', :old)
                FROM runtime WHERE id = :runtime
              """)
          .param("runtime", runtime.value())
          .param("old", old)
          .update();
      outbox.wake();
    }
    return Refused.superseded(
        "another process with this daemon's identity has taken over; end one of them, or give it a"
            + " daemon_id of its own",
        Map.of("process_id", old, "current_process_id", current));
  }
}
