package dev.muster.tasks.lane;

import dev.muster.events.id.RuntimeId;
import dev.muster.events.trace.TraceContext;
import dev.muster.tasks.command.ClaimAnswer;
import dev.muster.tasks.command.TaskCommand.Claim;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/// A claim that stays until there is work, or nobody waits for it any more.
final class StandingClaim implements Pending {
  private final Claim command;
  private final BooleanSupplier isAllowed;
  private final CompletableFuture<Object> answer = new CompletableFuture<>();
  // Written by whoever holds the claim: its requester before it is handed over, then its lane.
  private volatile ParkedClaims.Heard heard = new ParkedClaims.Heard(0, 0);
  private volatile boolean isAwaited = true;
  // Written by whoever gives it to a lane; it waits in one place at a time.
  private volatile long submittedNanos = System.nanoTime();

  /// @param isAllowed whether it may still be given a task; asked when there is one
  StandingClaim(Claim command, BooleanSupplier isAllowed) {
    this.command = command;
    this.isAllowed = isAllowed;
  }

  @Override
  public Claim command() {
    return command;
  }

  @Override
  public long submittedNanos() {
    return submittedNanos;
  }

  /// It is given to a lane once more.
  void submittedAgain() {
    submittedNanos = System.nanoTime();
  }

  @Override
  public @Nullable TraceContext trace() {
    return null;
  }

  @Override
  public CompletableFuture<Object> answer() {
    return answer;
  }

  RuntimeId runtime() {
    return command.runtime();
  }

  ParkedClaims.Heard heard() {
    return heard;
  }

  void hear(ParkedClaims.Heard news) {
    heard = news;
  }

  /// From now on it is answered with nothing rather than parked.
  void giveUp() {
    isAwaited = false;
  }

  boolean isAwaited() {
    return isAwaited && isAllowed.getAsBoolean();
  }

  void answerNothing() {
    answer.complete(new ClaimAnswer.Nothing());
  }
}
