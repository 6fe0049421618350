package dev.muster.api.task;

import dev.muster.api.access.Caller;
import dev.muster.api.attempt.AttemptIds;
import dev.muster.api.edge.JsonBody;
import dev.muster.api.edge.Limits;
import dev.muster.api.edge.StorableText;
import dev.muster.api.output.Progress;
import dev.muster.api.output.ProgressPublisher;
import dev.muster.events.id.TaskId;
import dev.muster.events.id.WorkspaceId;
import dev.muster.tasks.command.TaskView;
import dev.muster.tasks.store.IdleRuns;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.json.JsonMapper;

/// What a running task tells its watchers. Nothing is kept but that it gave a sign; progress of an
/// unknown task is taken and dropped, unless the writer says by which claim it writes.
@RestController
class ProgressController {
  private final TaskStore tasks;
  private final Reports reports;
  private final ProgressPublisher publisher;
  private final JsonMapper json;
  private final AttemptIds ids;
  private final IdleRuns idleRuns;

  ProgressController(
      TaskStore tasks,
      Reports reports,
      ProgressPublisher publisher,
      JsonMapper json,
      AttemptIds ids,
      IdleRuns idleRuns) {
    this.idleRuns = idleRuns;
    this.ids = ids;
    this.reports = reports;
    this.tasks = tasks;
    this.publisher = publisher;
    this.json = json;
  }

  record ProgressRequest(@Nullable String summary, int step, int total) {}

  @PostMapping("/api/daemon/tasks/{id}/progress")
  Map<String, String> progress(
      Caller caller,
      @PathVariable String id,
      @RequestHeader(name = TaskWrites.GENERATION, required = false) @Nullable String generation,
      @JsonBody ProgressRequest request) {
    var sent = TaskWrites.generation(generation);
    if (sent != null) {
      var _ =
          TaskWrites.answer(
              "progress", reports.write(caller, id, sent, writer -> tasks.heldBy(writer)));
    }
    ids.find(id)
        .ifPresent(named ->
            tasks
                .find(named.task())
                .filter(found -> caller.isMember(new WorkspaceId(found.workspaceId())))
                .filter(found -> isHeld(named, found))
                .ifPresent(found -> tell(found, request)));
    return Map.of("status", "ok");
  }

  /// Whether what is named is not a claim that is over.
  private static boolean isHeld(AttemptIds.Named named, TaskView task) {
    var generation = named.generation();
    return generation == null || generation == task.claimGeneration();
  }

  private void tell(TaskView task, ProgressRequest request) {
    idleRuns.heard(new TaskId(task.id()));
    var data = new LinkedHashMap<String, Object>();
    data.put("task_id", task.id());
    data.put(
        "summary",
        StorableText.cut(Objects.requireNonNullElse(request.summary(), ""), Limits.NAME));
    if (request.step() != 0) {
      data.put("step", request.step());
    }
    if (request.total() != 0) {
      data.put("total", request.total());
    }
    publisher.publish(
        new Progress(
            new WorkspaceId(task.workspaceId()),
            new TaskId(task.id()),
            task.agentId(),
            task.issueId(),
            json.writeValueAsString(data)));
  }
}
