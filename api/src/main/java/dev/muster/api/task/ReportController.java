package dev.muster.api.task;

import dev.muster.api.access.Caller;
import dev.muster.api.edge.Input;
import dev.muster.api.edge.JsonBody;
import dev.muster.api.edge.Limits;
import dev.muster.api.edge.Refused;
import dev.muster.api.edge.StorableText;
import dev.muster.events.id.TaskId;
import dev.muster.events.id.WorkspaceId;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.json.JsonMapper;

/// What a daemon says of the task it runs.
@RestController
class ReportController {
  private static final String GENERATION = "Claim-Generation";

  private final Reports reports;
  private final TaskStore tasks;
  private final JsonMapper json;

  ReportController(Reports reports, TaskStore tasks, JsonMapper json) {
    this.reports = reports;
    this.tasks = tasks;
    this.json = json;
  }

  record CompleteRequest(
      @Nullable String output,
      @Nullable String prUrl,
      @Nullable String sessionId,
      @Nullable String workDir) {}

  record FailRequest(@Nullable String error) {}

  @PostMapping("/api/daemon/tasks/{id}/start")
  TaskView start(
      Caller caller,
      @PathVariable String id,
      @RequestHeader(name = GENERATION, required = false) @Nullable String generation) {
    var store = reports.store();
    return answer(
        "start", reports.take(Report.Kind.START, caller, id, generation(generation), store::start));
  }

  /// Ends the task well. What is too long is cut, never refused: a final report must not fail on
  /// its payload.
  @PostMapping("/api/daemon/tasks/{id}/complete")
  TaskView complete(
      Caller caller,
      @PathVariable String id,
      @RequestHeader(name = GENERATION, required = false) @Nullable String generation,
      @JsonBody(maxBytes = Limits.REPORT_BODY_BYTES) CompleteRequest request) {
    var output = cut(request.output(), Limits.OUTPUT);
    var session = cut(request.sessionId(), Limits.NAME);
    var workDir = cut(request.workDir(), Limits.PATH);
    var result = new LinkedHashMap<String, String>();
    result.put("pr_url", cut(request.prUrl(), Limits.PATH));
    result.put("output", output);
    result.put("session_id", session);
    result.put("work_dir", workDir);
    return answer(
        "complete",
        reports.take(
            Report.Kind.COMPLETE,
            caller,
            id,
            generation(generation),
            writer ->
                reports
                    .store()
                    .complete(
                        writer,
                        json.writeValueAsString(result),
                        output,
                        emptyAsNull(session),
                        emptyAsNull(workDir))));
  }

  @PostMapping("/api/daemon/tasks/{id}/fail")
  TaskView fail(
      Caller caller,
      @PathVariable String id,
      @RequestHeader(name = GENERATION, required = false) @Nullable String generation,
      @JsonBody(maxBytes = Limits.REPORT_BODY_BYTES) FailRequest request) {
    var error = cut(request.error(), Limits.OUTPUT);
    return answer(
        "fail",
        reports.take(
            Report.Kind.FAIL,
            caller,
            id,
            generation(generation),
            writer -> reports.store().fail(writer, error)));
  }

  @GetMapping("/api/daemon/tasks/{id}/status")
  Map<String, String> status(Caller caller, @PathVariable String id) {
    return Input.lenientId(id)
        .flatMap(task -> tasks.find(new TaskId(task)))
        .filter(task -> caller.isMember(new WorkspaceId(task.workspaceId())))
        .map(task -> Map.of("status", task.status()))
        .orElseThrow(() -> Refused.notFound("task not found"));
  }

  private static TaskView answer(String verb, Report report) {
    return switch (report) {
      case Report.Accepted(var task) -> task;
      case Report.Late(var task) -> task;
      case Report.Fenced(var task) -> throw fenced(task);
      case Report.WrongState() -> throw Refused.badRequest(verb + " task: no rows in result set");
      case Report.Unknown() -> throw Refused.badRequest(verb + " task: no rows in result set");
      case Report.Foreign() -> throw Refused.notFound("task not found");
    };
  }

  private static Refused fenced(TaskView task) {
    var holder = new LinkedHashMap<String, Object>();
    holder.put("current_generation", task.claimGeneration());
    holder.put("state", task.status());
    if (task.runtimeId() != null) {
      holder.put("runtime_id", task.runtimeId());
    }
    return Refused.fenced("the claim is over: the task has been given on", holder);
  }

  private static @Nullable Long generation(@Nullable String header) {
    if (header == null || header.isBlank()) {
      return null;
    }
    try {
      return Long.valueOf(header.strip());
    } catch (NumberFormatException e) {
      throw Refused.invalid(GENERATION, "is not a number");
    }
  }

  private static String cut(@Nullable String text, int max) {
    return StorableText.cut(Objects.requireNonNullElse(text, ""), max);
  }

  private static @Nullable String emptyAsNull(String text) {
    return text.isEmpty() ? null : text;
  }
}
