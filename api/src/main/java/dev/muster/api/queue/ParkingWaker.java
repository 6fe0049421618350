package dev.muster.api.queue;

import dev.muster.api.feed.FeedEvent;
import dev.muster.api.feed.FeedListener;
import dev.muster.api.feed.TaskFacts;
import dev.muster.events.id.RuntimeId;
import dev.muster.tasks.lane.Tasks;
import org.springframework.stereotype.Component;

/// Wakes parked claims when the feed says that there may be something for them: a task has come to
/// their runtime, or one has ended and made room under a cap.
@Component
final class ParkingWaker implements FeedListener {
  private final Tasks tasks;

  ParkingWaker(Tasks tasks) {
    this.tasks = tasks;
  }

  @Override
  public String name() {
    return "ParkingWaker";
  }

  /// A claim that is woken late, or for nothing, only looks again.
  @Override
  public boolean takesRedriven() {
    return true;
  }

  @Override
  public void onEvent(FeedEvent event) {
    switch (event.type()) {
      case TASK_ASSIGNED, TASK_REQUEUED, TASK_READY -> wakeRuntime(event.task());
      case TASK_COMPLETED, TASK_FAILED, TASK_CANCELLED -> {
        var facts = event.task();
        wakeRuntime(facts);
        // The agent's next task, or the next with the same key, may wait at any runtime.
        if (!facts.pinned() || facts.concurrencyKey() != null) {
          tasks.wakeAll(event.event().workspace());
        }
      }
      // Somebody may have been let in again, or may do more.
      case RUNTIME_UPDATED, AGENT_UPDATED, BUDGET_UPDATED ->
          tasks.wakeAll(event.event().workspace());
      case TASK_QUEUED,
          TASK_DISPATCHED,
          TASK_RUNNING,
          TASK_COALESCED,
          TASK_CANCEL_REQUESTED,
          TASK_DELETED,
          RUNTIME_REGISTERED,
          RUNTIME_ONLINE,
          RUNTIME_OFFLINE,
          RUNTIME_DEAF,
          RUNTIME_CONFLICT,
          RUNTIME_DELETED,
          AGENT_CREATED,
          AGENT_DELETED,
          ISSUE_CREATED,
          ISSUE_UPDATED,
          ISSUE_DELETED,
          COMMENT_CREATED,
          COMMENT_UPDATED,
          COMMENT_DELETED,
          SKILL_CREATED,
          SKILL_UPDATED,
          SKILL_DELETED,
          WORKSPACE_UPDATED,
          WORKSPACE_DELETED,
          MEMBER_ADDED,
          MEMBER_UPDATED,
          MEMBER_REMOVED,
          USAGE_REPORTED,
          BUDGET_REACHED,
          SCHEDULE_CREATED,
          SCHEDULE_UPDATED,
          SCHEDULE_DELETED,
          SCHEDULE_PAUSED,
          SCHEDULE_RESUMED,
          SCHEDULE_FIRED,
          SCHEDULE_MISSED,
          WEBHOOK_CREATED,
          WEBHOOK_UPDATED,
          WEBHOOK_DELETED,
          WEBHOOK_DISABLED -> {}
    }
  }

  private void wakeRuntime(TaskFacts facts) {
    var runtime = facts.runtimeId();
    if (runtime != null) {
      tasks.wake(new RuntimeId(runtime));
    }
  }
}
