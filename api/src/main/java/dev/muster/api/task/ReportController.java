package dev.muster.api.task;

import static dev.muster.api.task.TaskWrites.GENERATION;
import static dev.muster.api.task.TaskWrites.answer;
import static dev.muster.api.task.TaskWrites.cut;
import static dev.muster.api.task.TaskWrites.generation;
import static dev.muster.api.task.TaskWrites.shorten;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.muster.api.access.Caller;
import dev.muster.api.attempt.AttemptIds;
import dev.muster.api.attempt.Sessions;
import dev.muster.api.claim.RuntimeClaims;
import dev.muster.api.edge.JsonBody;
import dev.muster.api.edge.Limits;
import dev.muster.events.id.RuntimeId;
import dev.muster.events.id.WorkspaceId;
import dev.muster.tasks.command.ClaimedTask;
import dev.muster.tasks.command.Said;
import dev.muster.tasks.command.Said.LeftSession;
import dev.muster.tasks.command.TaskView;
import java.util.LinkedHashMap;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.json.JsonMapper;

/// How a daemon says that its task has begun, and how it ended.
@RestController
class ReportController {
  /// A daemon that reads this kills the agent.
  static final String TASK_NOT_FOUND = "task not found";

  private final Reports reports;
  private final RuntimeClaims claims;
  private final TaskStore tasks;
  private final JsonMapper json;
  private final AttemptIds ids;
  private final Sessions sessions;

  ReportController(
      Reports reports,
      RuntimeClaims claims,
      TaskStore tasks,
      JsonMapper json,
      AttemptIds ids,
      Sessions sessions) {
    this.sessions = sessions;
    this.ids = ids;
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
      @Nullable Boolean claimNext,
      @Nullable String retiredSessionId,
      @Nullable Boolean sessionRolloutMissing) {
    Sessions.Said sessions() {
      return new Sessions.Said(sessionId, retiredSessionId, sessionRolloutMissing);
    }
  }

  record FailRequest(
      @Nullable String error,
      @Nullable String failureReason,
      @Nullable String sessionId,
      @Nullable String workDir,
      @Nullable Boolean claimNext,
      @Nullable String retiredSessionId,
      @Nullable Boolean sessionRolloutMissing) {
    Sessions.Said sessions() {
      return new Sessions.Said(sessionId, retiredSessionId, sessionRolloutMissing);
    }
  }

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
    var output = shorten(request.output(), Limits.OUTPUT);
    var result = new LinkedHashMap<String, String>();
    result.put("pr_url", cut(request.prUrl(), Limits.PATH));
    result.put("output", output);
    result.put("session_id", cut(request.sessionId(), Limits.NAME));
    result.put("work_dir", cut(request.workDir(), Limits.PATH));
    var session = TaskWrites.session(request.sessionId(), request.workDir());
    sessions.retire(caller, id, request.sessions());
    var report =
        reports.take(
            caller,
            id,
            generation(generation),
            said(id, json.writeValueAsString(result), output, session));
    return withNext(answer("complete", report), request.claimNext());
  }

  /// What the task's end says on the issue. Daemons that give their agents a token of their own
  /// leave the talking to these: nothing more where the agent has said something itself, else an
  /// answer to the comment that has set it to work.
  private Said.Complete said(String id, String result, String output, LeftSession session) {
    var talk =
        ids.find(id)
            .filter(named -> named.generation() != null)
            .flatMap(named -> tasks.talk(named.task()));
    return new Said.Complete(
        result,
        talk.map(TaskStore.Talk::hasSpoken).orElse(false) ? "" : output,
        talk.map(TaskStore.Talk::askedBy).orElse(null),
        session);
  }

  /// Ends the attempt badly: the task too, unless the reason is one that is tried again.
  @PostMapping("/api/daemon/tasks/{id}/fail")
  Object fail(
      Caller caller,
      @PathVariable String id,
      @RequestHeader(name = GENERATION, required = false) @Nullable String generation,
      @JsonBody(maxBytes = Limits.REPORT_BODY_BYTES) FailRequest request) {
    var error = shorten(request.error(), Limits.OUTPUT);
    var reason = Reasons.of(request.failureReason(), error);
    var session = TaskWrites.session(request.sessionId(), request.workDir());
    sessions.retire(caller, id, request.sessions());
    sessions.retireSpoilt(caller, id, reason, request.sessionId());
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

  private Object withNext(TaskView task, @Nullable Boolean claimNext) {
    var runtime = task.runtimeId();
    if (claimNext == null || !claimNext || runtime == null) {
      return task;
    }
    var next =
        claims.claim(
            new RuntimeClaims.Claimer(
                new RuntimeId(runtime), new WorkspaceId(task.workspaceId()), null, null));
    return new WithNext(task, next.orElse(null));
  }
}
