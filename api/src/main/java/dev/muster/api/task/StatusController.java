package dev.muster.api.task;

import dev.muster.api.access.Caller;
import dev.muster.api.attempt.AttemptIds;
import dev.muster.api.attempt.ClientPlatform;
import dev.muster.api.edge.Refused;
import dev.muster.events.id.WorkspaceId;
import dev.muster.events.task.TaskState;
import dev.muster.tasks.command.TaskView;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RestController;

/// What a daemon asks about a task while its agent is at work.
@RestController
class StatusController {
  private final TaskStore tasks;
  private final AttemptIds ids;
  private final StatusPolls polls;

  StatusController(TaskStore tasks, AttemptIds ids, StatusPolls polls) {
    this.tasks = tasks;
    this.ids = ids;
    this.polls = polls;
  }

  /// Whether a claim is over and the task is not: it waits for another one, or has found it. Not so
  /// while what the agent does still counts.
  private static boolean isOver(long generation, TaskView task) {
    var standing = task.standing();
    return generation != task.claimGeneration()
        || (standing.state() == TaskState.QUEUED && !standing.takenBack());
  }

  /// How a task stands, or the claim of it that is named. One whose end was asked for reads as
  /// cancelled: that is what makes Multica's daemons drop it.
  @GetMapping("/api/daemon/tasks/{id}/status")
  Map<String, Object> status(
      Caller caller,
      @PathVariable String id,
      @RequestHeader(name = ClientPlatform.HEADER, required = false) @Nullable String platform) {
    var named = ids.find(id).orElseThrow(() -> Refused.notFound(ReportController.TASK_NOT_FOUND));
    var task =
        tasks
            .find(named.task())
            .filter(found -> caller.isMember(new WorkspaceId(found.workspaceId())))
            .orElseThrow(() -> Refused.notFound(ReportController.TASK_NOT_FOUND));
    var generation = named.generation();
    if (generation != null && isOver(generation, task)) {
      return Map.of("status", TaskState.FAILED.wire());
    }
    if (ClientPlatform.isDaemon(platform) && task.standing().state() == TaskState.RUNNING) {
      polls.note(named.task(), task.claimGeneration());
    }
    var asked = task.standing().cancelRequested();
    var status = new LinkedHashMap<String, Object>();
    status.put("status", asked ? "cancelled" : task.status());
    if (asked) {
      status.put("cancel_requested", true);
    }
    return status;
  }
}
