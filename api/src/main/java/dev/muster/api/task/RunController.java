package dev.muster.api.task;

import static dev.muster.api.task.TaskWrites.GENERATION;
import static dev.muster.api.task.TaskWrites.answer;
import static dev.muster.api.task.TaskWrites.generation;

import dev.muster.api.access.Caller;
import dev.muster.api.attempt.AttemptIds;
import dev.muster.api.edge.Input;
import dev.muster.api.edge.JsonBody;
import dev.muster.api.edge.Limits;
import dev.muster.api.edge.Refused;
import dev.muster.api.output.ProgressPublisher;
import dev.muster.api.storage.StorageQuota;
import dev.muster.events.id.TaskId;
import dev.muster.events.id.WorkspaceId;
import dev.muster.events.storage.StoredBytes;
import dev.muster.tasks.command.ReportAnswer;
import dev.muster.tasks.command.Said;
import dev.muster.tasks.command.TaskView;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.annotation.JsonDeserialize;
import tools.jackson.databind.json.JsonMapper;

/// What a daemon says of a run while it goes on.
@RestController
class RunController {
  private static final int USAGE_MAX = 100;
  private static final Map<String, String> OK = Map.of("status", "ok");

  /// The run was over for too long: nothing was kept.
  private static final Map<String, String> LATE = Map.of("status", "late");

  private final Reports reports;
  private final RunStore runs;
  private final TaskRequests requests;
  private final ProgressPublisher publisher;
  private final JsonMapper json;
  private final AttemptIds ids;
  private final StorageQuota storage;

  RunController(
      Reports reports,
      RunStore runs,
      TaskRequests requests,
      ProgressPublisher publisher,
      JsonMapper json,
      AttemptIds ids,
      StorageQuota storage) {
    this.storage = storage;
    this.ids = ids;
    this.reports = reports;
    this.runs = runs;
    this.requests = requests;
    this.publisher = publisher;
    this.json = json;
  }

  /// The runtime is still getting ready to start, or waits for a directory that it must have.
  @PostMapping({"/api/daemon/tasks/{id}/prepare", "/api/daemon/tasks/{id}/wait-local-directory"})
  TaskView prepare(
      Caller caller,
      @PathVariable String id,
      @RequestHeader(name = GENERATION, required = false) @Nullable String generation) {
    return answer("prepare", reports.take(caller, id, generation(generation), new Said.Prepare()));
  }

  /// The same, as today's Multica daemon asks for it.
  @PostMapping("/api/daemon/runtimes/{runtime}/tasks/{id}/prepare-lease")
  TaskView prepareLease(
      Caller caller,
      @PathVariable String runtime,
      @PathVariable String id,
      @RequestHeader(name = GENERATION, required = false) @Nullable String generation) {
    var holder = requests.require(caller, id).runtimeId();
    if (holder == null || !Input.lenientId(runtime).equals(Optional.of(holder))) {
      throw Refused.notFound("task not found");
    }
    return prepare(caller, id, generation);
  }

  record SessionRequest(@Nullable String sessionId, @Nullable String workDir) {}

  /// Where another attempt on this runtime can go on.
  @PostMapping("/api/daemon/tasks/{id}/session")
  Map<String, String> session(
      Caller caller,
      @PathVariable String id,
      @RequestHeader(name = GENERATION, required = false) @Nullable String generation,
      @JsonBody SessionRequest request) {
    var session = TaskWrites.session(request.sessionId(), request.workDir());
    var _ =
        answer(
            "session",
            reports.take(caller, id, generation(generation), new Said.KeepSession(session)));
    return OK;
  }

  record UsageRequest(@Nullable List<@Nullable UsageEntry> usage) {}

  record UsageEntry(
      @Nullable String provider,
      @Nullable String model,
      long inputTokens,
      long outputTokens,
      long cacheReadTokens,
      long cacheWriteTokens) {
    RunStore.Usage checked() {
      return new RunStore.Usage(
          Input.orElse("usage.provider", provider, "", Limits.PROVIDER),
          Input.orElse("usage.model", model, "", Limits.NAME),
          atLeastNone("usage.input_tokens", inputTokens),
          atLeastNone("usage.output_tokens", outputTokens),
          atLeastNone("usage.cache_read_tokens", cacheReadTokens),
          atLeastNone("usage.cache_write_tokens", cacheWriteTokens));
    }

    private static long atLeastNone(String field, long tokens) {
      if (tokens < 0) {
        throw Refused.invalid(field, "must not be negative");
      }
      return tokens;
    }
  }

  /// The tokens used so far. Of two entries for one provider and model the later counts.
  @PostMapping("/api/daemon/tasks/{id}/usage")
  Map<String, String> usage(
      Caller caller,
      @PathVariable String id,
      @RequestHeader(name = GENERATION, required = false) @Nullable String generation,
      @JsonBody UsageRequest request) {
    var latest = new java.util.LinkedHashMap<List<String>, RunStore.Usage>();
    for (var entry : Input.list("usage", request.usage(), USAGE_MAX)) {
      if (entry != null) {
        var checked = entry.checked();
        latest.put(List.of(checked.provider(), checked.model()), checked);
      }
    }
    var usage = List.copyOf(latest.values());
    var report =
        reports.write(caller, id, generation(generation), writer -> runs.usage(writer, usage));
    var _ = answer("usage", report);
    return taken(report, id, generation);
  }

  record MessagesRequest(
      @JsonDeserialize(contentUsing = SaidEntry.Reader.class)
          @Nullable List<@Nullable SaidEntry> messages) {}

  /// Keeps what the task says and shows it to whoever watches. Uploading the same again does no
  /// harm. What cannot be kept is left out, and does not keep the rest from being kept: a daemon
  /// does not send it in another way. So is all of it where the workspace is overfull.
  @PostMapping("/api/daemon/tasks/{id}/messages")
  Map<String, Object> say(
      Caller caller,
      @PathVariable String id,
      @RequestHeader(name = GENERATION, required = false) @Nullable String generation,
      @JsonBody(maxBytes = Limits.MESSAGES_BODY_BYTES, manyTexts = true) MessagesRequest request) {
    var all = request.messages() == null ? List.<@Nullable SaidEntry>of() : request.messages();
    var kept = keepsOutput(caller, id) ? SaidEntry.kept(all) : List.<RunStore.Message>of();
    var isLate = false;
    for (var some : SaidEntry.inParts(kept)) {
      isLate |= isLate(say(caller, id, generation(generation), some), id, generation);
    }
    return isLate
        ? Map.copyOf(LATE)
        : Map.of("status", "ok", "stored", kept.size(), "left_out", all.size() - kept.size());
  }

  private ReportAnswer say(
      Caller caller, String id, @Nullable Long generation, List<RunStore.Message> said) {
    var report = reports.write(caller, id, generation, writer -> runs.messages(writer, said));
    var task = answer("messages", report);
    if (report instanceof ReportAnswer.Accepted && !said.isEmpty()) {
      storage.kept(new WorkspaceId(task.workspaceId()), bytes(said));
      publisher.publishMessages(
          new TaskId(task.id()),
          new WorkspaceId(task.workspaceId()),
          json.writeValueAsString(
              Map.of(
                  "task_id", task.id(),
                  "claim_generation", task.claimGeneration(),
                  "messages", said)));
    }
    return report;
  }

  private static long bytes(List<RunStore.Message> said) {
    return said.stream()
        .mapToLong(message -> StoredBytes.of(message.content(), message.input(), message.output()))
        .sum();
  }

  /// Whose task it is, is looked up only where one of the caller's workspaces is overfull.
  private boolean keepsOutput(Caller caller, String id) {
    return Stream.of(caller.workspaces()).map(WorkspaceId::new).allMatch(storage::keepsOutput)
        || ids.find(id)
            .flatMap(named -> requests.find(named.task()))
            .map(task -> storage.keepsOutput(new WorkspaceId(task.workspaceId())))
            .orElse(true);
  }

  /// Those who do not say by which claim they write were always answered that all is well.
  private Map<String, String> taken(ReportAnswer report, String id, @Nullable String generation) {
    return isLate(report, id, generation) ? LATE : OK;
  }

  private boolean isLate(ReportAnswer report, String id, @Nullable String generation) {
    return report instanceof ReportAnswer.Late
        && ids.find(id).map(named -> named.held(generation(generation))).isPresent();
  }
}
