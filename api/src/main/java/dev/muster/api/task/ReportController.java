package dev.muster.api.task;

import static dev.muster.api.task.TaskWrites.GENERATION;
import static dev.muster.api.task.TaskWrites.answer;
import static dev.muster.api.task.TaskWrites.cut;
import static dev.muster.api.task.TaskWrites.generation;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.muster.api.access.Caller;
import dev.muster.api.edge.Input;
import dev.muster.api.edge.JsonBody;
import dev.muster.api.edge.Limits;
import dev.muster.api.edge.Refused;
import dev.muster.events.id.RuntimeId;
import dev.muster.events.id.TaskId;
import dev.muster.events.id.WorkspaceId;
import dev.muster.events.task.FailureReason;
import dev.muster.tasks.command.ClaimedTask;
import dev.muster.tasks.command.Said;
import dev.muster.tasks.command.TaskView;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.json.JsonMapper;

/// How a daemon says that its task has begun, and how it ended.
@RestController
class ReportController {
  /// The reasons that a daemon may give. What it says besides means that the agent failed: a final
  /// report must not fail.
  private static final Set<FailureReason> REPORTABLE =
      Set.of(
          FailureReason.AGENT_ERROR,
          FailureReason.AGENT_TIMEOUT,
          FailureReason.PROVIDER_UNAVAILABLE);

  private final Reports reports;
  private final RuntimeClaims claims;
  private final TaskStore tasks;
  private final JsonMapper json;

  ReportController(Reports reports, RuntimeClaims claims, TaskStore tasks, JsonMapper json) {
    this.reports = reports;
    this.claims = claims;
    this.tasks = tasks;
    this.json = json;
  }

  record CompleteRequest(
      @Nullable String output,
      @Nullable String prUrl,
      @Nullable String sessionId,
      @Nullable String workDir,
      @Nullable Boolean claimNext) {}

  record FailRequest(
      @Nullable String error,
      @Nullable String failureReason,
      @Nullable String sessionId,
      @Nullable String workDir,
      @Nullable Boolean claimNext) {}

  /// The task that ended, and the runtime's next one.
  record WithNext(
      @JsonUnwrapped TaskView task,
      @JsonInclude(JsonInclude.Include.ALWAYS) @Nullable ClaimedTask next) {}

  @PostMapping("/api/daemon/tasks/{id}/start")
  TaskView start(
      Caller caller,
      @PathVariable String id,
      @RequestHeader(name = GENERATION, required = false) @Nullable String generation) {
    return answer("start", reports.take(caller, id, generation(generation), new Said.Start()));
  }

  /// Ends the task well. What is too long is cut, never refused: a final report must not fail on
  /// its payload.
  @PostMapping("/api/daemon/tasks/{id}/complete")
  Object complete(
      Caller caller,
      @PathVariable String id,
      @RequestHeader(name = GENERATION, required = false) @Nullable String generation,
      @JsonBody(maxBytes = Limits.REPORT_BODY_BYTES) CompleteRequest request) {
    var output = cut(request.output(), Limits.OUTPUT);
    var result = new LinkedHashMap<String, String>();
    result.put("pr_url", cut(request.prUrl(), Limits.PATH));
    result.put("output", output);
    result.put("session_id", cut(request.sessionId(), Limits.NAME));
    result.put("work_dir", cut(request.workDir(), Limits.PATH));
    var session = TaskWrites.session(request.sessionId(), request.workDir());
    var report =
        reports.take(
            caller,
            id,
            generation(generation),
            new Said.Complete(json.writeValueAsString(result), output, session));
    return withNext(answer("complete", report), request.claimNext());
  }

  /// Ends the attempt badly: the task too, unless the reason is one that is tried again.
  @PostMapping("/api/daemon/tasks/{id}/fail")
  Object fail(
      Caller caller,
      @PathVariable String id,
      @RequestHeader(name = GENERATION, required = false) @Nullable String generation,
      @JsonBody(maxBytes = Limits.REPORT_BODY_BYTES) FailRequest request) {
    var error = cut(request.error(), Limits.OUTPUT);
    var reason =
        FailureReason.of(Objects.requireNonNullElse(request.failureReason(), ""))
            .filter(REPORTABLE::contains)
            .orElse(FailureReason.AGENT_ERROR);
    var session = TaskWrites.session(request.sessionId(), request.workDir());
    var report =
        reports.take(caller, id, generation(generation), new Said.Fail(reason, error, session));
    return withNext(answer("fail", report), request.claimNext());
  }

  /// Gives the task back; that costs no attempt.
  @PostMapping("/api/daemon/tasks/{id}/release")
  TaskView release(
      Caller caller,
      @PathVariable String id,
      @RequestHeader(name = GENERATION, required = false) @Nullable String generation) {
    return answer("release", reports.take(caller, id, generation(generation), new Said.Release()));
  }

  /// The agent was ended, as somebody had asked.
  @PostMapping("/api/daemon/tasks/{id}/cancel-ack")
  TaskView acknowledgeCancel(
      Caller caller,
      @PathVariable String id,
      @RequestHeader(name = GENERATION, required = false) @Nullable String generation) {
    return answer(
        "cancel", reports.take(caller, id, generation(generation), new Said.AcknowledgeCancel()));
  }

  /// How a task stands. One whose end was asked for reads as cancelled: that is what makes
  /// Multica's daemons drop it.
  @GetMapping("/api/daemon/tasks/{id}/status")
  Map<String, Object> status(Caller caller, @PathVariable String id) {
    var task =
        Input.lenientId(id)
            .flatMap(found -> tasks.find(new TaskId(found)))
            .filter(found -> caller.isMember(new WorkspaceId(found.workspaceId())))
            .orElseThrow(() -> Refused.notFound("task not found"));
    var asked = task.standing().cancelRequested();
    var status = new LinkedHashMap<String, Object>();
    status.put("status", asked ? "cancelled" : task.status());
    if (asked) {
      status.put("cancel_requested", true);
    }
    return status;
  }

  private Object withNext(TaskView task, @Nullable Boolean claimNext) {
    var runtime = task.runtimeId();
    if (claimNext == null || !claimNext || runtime == null) {
      return task;
    }
    var next =
        claims.claim(
            new RuntimeClaims.Claimer(
                new RuntimeId(runtime), new WorkspaceId(task.workspaceId()), null, null),
            Duration.ZERO);
    return new WithNext(task, next.orElse(null));
  }
}
