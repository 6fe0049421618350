package dev.muster.api.runtime;

import dev.muster.api.access.Caller;
import dev.muster.api.heartbeat.RuntimeDirectory;
import dev.muster.events.feed.Outbox;
import dev.muster.events.task.FailureReason;
import dev.muster.tasks.decide.Intake;
import dev.muster.tasks.lane.Tasks;
import dev.muster.tasks.store.TaskDeadlines;
import java.util.List;
import java.util.Map;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/// Whether a runtime is given work: open, paused, draining. What it runs goes on in any case.
@RestController
class IntakeController {
  private final RuntimeDirectory directory;
  private final RuntimeStore runtimes;
  private final Tasks tasks;
  private final TaskDeadlines deadlines;
  private final JdbcClient db;
  private final Outbox outbox;
  private final TransactionTemplate transaction;

  IntakeController(
      RuntimeDirectory directory,
      RuntimeStore runtimes,
      Tasks tasks,
      TaskDeadlines deadlines,
      JdbcClient db,
      Outbox outbox,
      TransactionTemplate transaction) {
    this.directory = directory;
    this.runtimes = runtimes;
    this.tasks = tasks;
    this.deadlines = deadlines;
    this.db = db;
    this.outbox = outbox;
    this.transaction = transaction;
  }

  /// Takes no more work; what waits for it goes elsewhere where it can.
  @PostMapping({"/api/daemon/runtimes/{id}/drain", "/api/runtimes/{id}/drain"})
  RuntimeView drain(Caller caller, @PathVariable String id) {
    return set(caller, id, Intake.DRAINING);
  }

  /// Takes no more work; what waits for it waits.
  @PostMapping("/api/runtimes/{id}/pause")
  RuntimeView pause(Caller caller, @PathVariable String id) {
    return set(caller, id, Intake.PAUSED);
  }

  @PostMapping({"/api/daemon/runtimes/{id}/resume", "/api/runtimes/{id}/resume"})
  RuntimeView resume(Caller caller, @PathVariable String id) {
    return set(caller, id, Intake.OPEN);
  }

  private RuntimeView set(Caller caller, String id, Intake intake) {
    var runtime = directory.require(caller, id).runtime();
    transaction.executeWithoutResult(_ -> {
      var changed =
          db.sql(
                  """
                  WITH changed AS (
                    UPDATE runtime r SET intake = :intake, updated_at = now()
                     WHERE r.id = :runtime AND r.intake <> :intake RETURNING new AS r
                  )
                  """
                      + RuntimeStore.TELL_CHANGED)
              .param("intake", intake.wire())
              .param("runtime", runtime.value())
              .update();
      if (changed > 0 && intake == Intake.DRAINING) {
        deadlines.giveBackAssigned(List.of(runtime));
      }
    });
    outbox.wake();
    return runtimes.byIds(List.of(runtime.value())).getFirst();
  }

  /// Gives up what the runtime's last process left behind. A daemon that calls this speaks for
  /// itself after a restart, so its silence about what it runs means nothing. What was claimed
  /// since it registered goes on: there may have been a claim before this call.
  @PostMapping("/api/daemon/runtimes/{id}/recover-orphans")
  Map<String, Object> recoverOrphans(Caller caller, @PathVariable String id) {
    var runtime = directory.require(caller, id).runtime();
    var ended =
        transaction.execute(_ -> {
          var registeredAt = runtimes.recovers(runtime);
          return tasks.endActive(
              List.of(runtime), FailureReason.RUNTIME_RESTARTED, registeredAt.orElse(null));
        });
    return Map.of(
        "orphaned",
        ended == null ? 0 : ended.ended(),
        "retried",
        ended == null ? 0 : ended.retried());
  }
}
