package dev.muster.api.task;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.muster.api.task.TaskStore.Attempt;
import dev.muster.tasks.command.CreateAnswer;
import dev.muster.tasks.command.TaskView;
import dev.muster.tasks.command.WaitingReason;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// A task with what a person wants to know around it.
///
/// @param waiting why it waits, while it does
/// @param lastActivityAt when its agent gave a sign last, while it runs
/// @param cancelledBy who asked for its end, if anybody did
/// @param attempts in order, the current or last one included
/// @param usage the tokens it has used, by model
public record TaskDetail(
    @JsonUnwrapped TaskView task,
    IssueOf issue,
    String agentName,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Waiting waiting,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Instant lastActivityAt,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Canceller cancelledBy,
    List<Attempt> attempts,
    List<RunStore.Usage> usage) {
  public TaskDetail {
    attempts = List.copyOf(attempts);
    usage = List.copyOf(usage);
  }

  /// The issue a task is for.
  record IssueOf(UUID id, String identifier, String title) {}

  /// Who asked for the end of a task.
  ///
  /// @param type `member` or `agent`
  /// @param name null for one that is gone
  record Canceller(
      String type, UUID id, @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String name) {}

  /// Why a task waits.
  ///
  /// @param reason one of a closed list, see [WaitingReason]
  /// @param detail the same as a sentence
  /// @param until when that will be over by itself; null where nobody knows
  record Waiting(
      String reason,
      String detail,
      @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Instant until) {
    static Waiting of(CreateAnswer.Waiting waiting) {
      var reason = waiting.reason();
      return new Waiting(reason.wire(), reason.sentence(), waiting.until());
    }

    static Waiting of(String reason, @Nullable Instant runAfter, @Nullable Instant stoppedUntil) {
      var known = WaitingReason.of(reason);
      return new Waiting(
          reason,
          known.sentence(),
          switch (known) {
            case BACKOFF, SCHEDULED -> runAfter;
            case BUDGET_REACHED -> stoppedUntil;
            case AGENT_PAUSED,
                ISSUE_BUSY,
                KEY_BUSY,
                AGENT_FULL,
                RATE_LIMITED,
                NO_RUNTIME_FITS,
                ALL_OFFLINE,
                RUNTIME_PAUSED,
                RUNTIME_DEAF,
                RUNTIME_FULL,
                UNASSIGNED,
                UNCLAIMED ->
                null;
          });
    }
  }
}
