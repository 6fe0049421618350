package dev.muster.tasks.lane;

import dev.muster.events.trace.TraceContext;
import dev.muster.tasks.command.ClaimAnswer;
import dev.muster.tasks.command.TaskCommand;
import dev.muster.tasks.command.TaskCommand.Create;
import dev.muster.tasks.decide.Decision;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.dao.RecoverableDataAccessException;
import org.springframework.dao.TransientDataAccessException;

/// Makes batches of the commands that are there at the same time, one batch after the other.
///
/// Nothing is held back to fill a batch: a command that comes alone waits for nobody. What somebody
/// else has locked is left out of the batch, and its commands are asked again by themselves,
/// outside of the lane: one locked row delays one task. A batch that fails is made again command by
/// command, so that none fails for another's sake; if Postgres is away, all that wait are told so
/// at once.
final class Lane implements Runnable {
  private static final Logger log = LoggerFactory.getLogger(Lane.class);
  private static final int BATCH_MAX = 64;

  /// How many parked claims are asked for new tasks whose agents leave a choice, or are not known.
  private static final int CANDIDATES_MAX = 8;

  private static final int TRIES = 3;

  private final LinkedBlockingQueue<Pending> queue = new LinkedBlockingQueue<>();
  private final Batches batches;
  private final ParkedClaims parked;
  private final PinnedAgents pinned;
  private final LaneMetrics metrics;
  private final Executor beside;

  /// @param beside runs what is asked by itself
  Lane(
      Batches batches,
      ParkedClaims parked,
      PinnedAgents pinned,
      LaneMetrics metrics,
      Executor beside) {
    this.batches = batches;
    this.parked = parked;
    this.pinned = pinned;
    this.metrics = metrics;
    this.beside = beside;
  }

  void submit(Pending pending) {
    if (pending instanceof StandingClaim claim) {
      claim.submittedAgain();
    }
    queue.add(pending);
  }

  int queued() {
    return queue.size();
  }

  @Override
  public void run() {
    while (!Thread.currentThread().isInterrupted()) {
      var batch = new ArrayList<Pending>();
      try {
        batch.add(queue.take());
      } catch (InterruptedException e) {
        return;
      }
      try {
        makeWith(batch);
      } catch (RuntimeException | Error e) {
        log.atError().setCause(e).log("A batch of commands failed");
        batch.forEach(pending -> pending.answer().completeExceptionally(e));
      }
    }
  }

  /// Makes one batch of what is there, and of this.
  void makeWith(List<Pending> batch) {
    queue.drainTo(batch, BATCH_MAX - batch.size());
    if (!batch.isEmpty()) {
      make(batch);
    }
  }

  private void make(List<Pending> batch) {
    var joined = join(batch);
    var all = new ArrayList<>(batch);
    all.addAll(joined);
    metrics.begins(all.size(), batch.getFirst().submittedNanos());
    var begun = System.nanoTime();
    Decision decision;
    try {
      decision = batches.run(commands(all), traces(all), true);
      metrics.took(begun);
    } catch (DataAccessResourceFailureException | RecoverableDataAccessException e) {
      fail(batch, e);
      joined.forEach(this::rest);
      return;
    } catch (RuntimeException e) {
      if (!(e instanceof TransientDataAccessException
          || e instanceof DataIntegrityViolationException)) {
        log.atError().setCause(e).log("A batch of commands failed and is made one by one");
      }
      batch.forEach(this::alone);
      joined.forEach(this::rest);
      return;
    }
    for (var i = 0; i < batch.size(); i++) {
      answer(batch.get(i), decision.answers().get(i));
    }
    for (var i = batch.size(); i < all.size(); i++) {
      var answer = decision.answers().get(i);
      if (answer instanceof ClaimAnswer.Claimed) {
        all.get(i).answer().complete(answer);
      } else {
        rest((StandingClaim) all.get(i));
      }
    }
  }

  private static List<? extends TaskCommand<?>> commands(List<Pending> batch) {
    return batch.stream().map(Pending::command).toList();
  }

  /// Empty where none is traced.
  private static List<@Nullable TraceContext> traces(List<Pending> batch) {
    if (batch.stream().allMatch(pending -> pending.trace() == null)) {
      return List.of();
    }
    var traces = new ArrayList<@Nullable TraceContext>();
    batch.forEach(pending -> traces.add(pending.trace()));
    return traces;
  }

  /// Takes parked claims for the new tasks of the batch.
  private List<StandingClaim> join(List<Pending> batch) {
    Set<StandingClaim> joined = Collections.newSetFromMap(new IdentityHashMap<>());
    for (var pending : batch) {
      if (pending.command() instanceof Create create && create.agent() != null) {
        var runtime = pinned.runtimeOf(create.agent());
        joined.addAll(
            runtime == null
                ? parked.someOf(create.workspace(), CANDIDATES_MAX)
                : parked.wake(runtime));
      }
    }
    return List.copyOf(joined);
  }

  /// Everybody who waits is told that Postgres is away.
  private void fail(List<Pending> batch, RuntimeException e) {
    var waiting = new ArrayList<>(batch);
    queue.drainTo(waiting);
    waiting.forEach(pending -> pending.answer().completeExceptionally(e));
  }

  private void answer(Pending pending, @Nullable Object answer) {
    if (answer == null) {
      alone(pending);
      return;
    }
    switch (pending) {
      case Request request -> request.answer().complete(answer);
      case StandingClaim claim -> {
        if (answer instanceof ClaimAnswer.Nothing) {
          rest(claim);
        } else {
          claim.answer().complete(answer);
        }
      }
    }
  }

  /// Parks a claim that found nothing.
  void rest(StandingClaim claim) {
    if (!claim.isAwaited()) {
      claim.answerNothing();
      return;
    }
    switch (parked.park(claim)) {
      case PARKED -> {
        // Its requester may have given up since, and found it not parked yet.
        if (!claim.isAwaited() && parked.take(claim)) {
          claim.answerNothing();
        }
      }
      case AGAIN -> submit(claim);
      case DISMISSED -> claim.answerNothing();
    }
  }

  /// Asks a command by itself, waiting for what it needs.
  private void alone(Pending pending) {
    beside.execute(() -> {
      try {
        var answer = alone(pending.command(), pending.trace());
        if (pending instanceof StandingClaim claim && answer instanceof ClaimAnswer.Nothing) {
          rest(claim);
        } else {
          pending.answer().complete(answer);
        }
      } catch (RuntimeException | Error e) {
        pending.answer().completeExceptionally(e);
      }
    });
  }

  /// Decides a command in a transaction of its own. It is made again if another transaction was
  /// faster with the same key, or stood in its way: by then that one is seen.
  Object alone(TaskCommand<?> command, @Nullable TraceContext trace) {
    var traces = Batches.traces(trace);
    for (var tries = 1; ; tries++) {
      try {
        var answer = batches.run(List.of(command), traces, false).answers().getFirst();
        if (answer == null) {
          throw new IllegalStateException("no answer to " + command.getClass().getSimpleName());
        }
        return answer;
      } catch (DuplicateKeyException | TransientDataAccessException e) {
        if (tries == TRIES) {
          throw e;
        }
      }
    }
  }
}
