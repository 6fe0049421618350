package dev.muster.api.claim;

import dev.muster.api.ApiProperties;
import dev.muster.api.edge.IdempotencyKey;
import dev.muster.api.edge.Refused;
import dev.muster.api.trace.ClaimSpans;
import dev.muster.events.id.RuntimeId;
import dev.muster.events.id.WorkspaceId;
import dev.muster.tasks.command.ClaimAnswer;
import dev.muster.tasks.command.ClaimedTask;
import dev.muster.tasks.command.TaskCommand;
import dev.muster.tasks.lane.Tasks;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.stereotype.Component;

/// Claims tasks for runtimes.
@Component
public class RuntimeClaims {
  private final Tasks tasks;
  private final boolean serialDaemons;
  private final @Nullable ClaimSpans spans;

  RuntimeClaims(Tasks tasks, ApiProperties properties, ObjectProvider<ClaimSpans> spans) {
    this.tasks = tasks;
    this.spans = spans.getIfAvailable();
    this.serialDaemons = properties.serialDaemons();
  }

  /// Who claims.
  ///
  /// @param process what the daemon's process calls itself; one that is not the newest gets nothing
  /// @param key what the daemon calls this claim: repeated, it gets the same task
  public record Claimer(
      RuntimeId runtime,
      WorkspaceId workspace,
      @Nullable String process,
      @Nullable IdempotencyKey key) {}

  /// The best task this runtime may run now; empty if there is none.
  public Optional<ClaimedTask> claim(Claimer claimer) {
    return claim(claimer, Duration.ZERO, () -> true);
  }

  /// The best task this runtime may run, as soon as there is one; empty if there is none in the
  /// time given.
  ///
  /// @param isAllowed whether a claim that waits may still be given a task
  Optional<ClaimedTask> claim(Claimer claimer, Duration wait, BooleanSupplier isAllowed) {
    var claimed = decide(claimer, wait, isAllowed);
    return spans == null ? claimed : claimed.map(spans::of);
  }

  private Optional<ClaimedTask> decide(Claimer claimer, Duration wait, BooleanSupplier isAllowed) {
    var key = claimer.key();
    var claim =
        new TaskCommand.Claim(
            claimer.runtime(),
            claimer.workspace(),
            claimer.process(),
            key == null ? null : key.asRequestKey(),
            serialDaemons);
    return switch (tasks.claim(claim, wait, isAllowed)) {
      case ClaimAnswer.Claimed(var task) -> Optional.of(task);
      case ClaimAnswer.Nothing _ -> Optional.empty();
      case ClaimAnswer.MadeBefore before -> Optional.of(again(before));
      case ClaimAnswer.KeyMisused _ -> throw Refused.otherRequest(IdempotencyKey.HEADER);
    };
  }

  /// The task that an earlier claim with the same key was given, as that claim was answered.
  ///
  /// @throws Refused 409 if that claim is over
  private ClaimedTask again(ClaimAnswer.MadeBefore before) {
    return tasks
        .alone(new TaskCommand.Repeat(before.task(), before.generation()))
        .orElseThrow(() ->
            Refused.fenced(
                "the claim made with this key is over",
                Map.of("task_id", before.task().value(), "claim_generation", before.generation())));
  }
}
