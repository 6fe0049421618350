package dev.muster.tasks.lane;

import dev.muster.events.id.RuntimeId;
import dev.muster.tasks.command.TaskCommand;
import dev.muster.tasks.command.TaskCommand.Claim;
import dev.muster.tasks.decide.Changes;
import dev.muster.tasks.decide.Decider;
import dev.muster.tasks.decide.Task;
import dev.muster.tasks.decide.TaskTransactions;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.random.RandomGenerator;

/// A lane that makes a batch when it is told to: what `Tasks` does with threads, done in one.
public final class SteppedLane {
  private static final LaneMetrics METRICS = new LaneMetrics(new SimpleMeterRegistry());

  /// A claim that was woken while it was decided is decided again at once.
  private static final int ROUNDS = 3;

  private final ParkedClaims parked = new ParkedClaims();
  private final PinnedAgents pinned = new PinnedAgents();
  private final Batches batches;
  private final Lane lane;
  private final Runnable submitted;

  /// A lane on these tables.
  ///
  /// @param beside runs, at some later time, what is asked by itself
  /// @param submitted told that a batch is to be made
  public SteppedLane(
      TaskTransactions transactions,
      Decider decider,
      RandomGenerator random,
      Executor beside,
      Runnable submitted) {
    this.batches = new Batches(transactions, decider, () -> random, this::committed);
    this.lane = new Lane(batches, parked, pinned, METRICS, beside);
    this.submitted = submitted;
  }

  public CompletableFuture<Object> ask(TaskCommand<?> command) {
    var request = new Request(command, null);
    lane.submit(request);
    submitted.run();
    return request.answer();
  }

  /// A claim that waits until there is work for it, or is given up.
  public Waiting claim(Claim command) {
    var claim = new StandingClaim(command, () -> true);
    claim.hear(parked.enter(claim));
    lane.submit(claim);
    submitted.run();
    var _ = claim.answer().whenComplete((_, _) -> parked.leave(claim));
    return new Waiting(claim);
  }

  /// A standing claim, as whoever waits for its answer has it.
  public final class Waiting {
    private final StandingClaim claim;

    private Waiting(StandingClaim claim) {
      this.claim = claim;
    }

    public CompletableFuture<Object> answer() {
      return claim.answer();
    }

    public void giveUp() {
      claim.giveUp();
      if (parked.take(claim)) {
        lane.rest(claim);
      }
    }

    /// Does not trust that it will be woken.
    public void lookAgain() {
      if (parked.take(claim)) {
        lane.submit(claim);
        submitted.run();
      }
    }
  }

  /// Makes a batch of what is there.
  public void make() {
    for (var round = 0; round < ROUNDS; round++) {
      lane.makeWith(new ArrayList<>());
    }
  }

  /// Decides a command in a transaction of its own, now.
  public Object within(TaskCommand<?> command) {
    return Objects.requireNonNull(
        batches.run(List.of(command), List.of(), false).answers().getFirst());
  }

  public void wake(RuntimeId runtime) {
    var woken = parked.wake(runtime);
    woken.forEach(lane::submit);
    if (!woken.isEmpty()) {
      submitted.run();
    }
  }

  private void committed(Changes changes) {
    changes
        .made()
        .forEach(task -> {
          var runtime = task.place().runtime();
          if (runtime != null && task.needs().pinned()) {
            pinned.learn(task.agent(), runtime);
          } else {
            pinned.forget(task.agent());
          }
          wakeFor(task);
        });
    changes
        .changed()
        .forEach(changed -> {
          var freed = changed.before().place().runtime();
          if (changed.before().isActive() && !changed.after().isActive() && freed != null) {
            wake(freed);
          } else {
            wakeFor(changed.after());
          }
        });
  }

  private void wakeFor(Task task) {
    var runtime = task.place().runtime();
    if (runtime != null && task.isClaimableBy(runtime)) {
      wake(runtime);
    }
  }
}
