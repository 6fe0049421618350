package dev.muster.tasks.lane;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.muster.events.feed.Outbox;
import dev.muster.events.id.RuntimeId;
import dev.muster.events.id.TaskId;
import dev.muster.events.id.WorkspaceId;
import dev.muster.events.task.FailureReason;
import dev.muster.events.task.TaskState;
import dev.muster.events.trace.Traces;
import dev.muster.tasks.command.Author;
import dev.muster.tasks.command.ClaimAnswer;
import dev.muster.tasks.command.EndedAttempts;
import dev.muster.tasks.command.TaskCommand;
import dev.muster.tasks.command.TaskCommand.Claim;
import dev.muster.tasks.command.TaskCommand.Report;
import dev.muster.tasks.decide.Changes;
import dev.muster.tasks.decide.Decider;
import dev.muster.tasks.decide.Task;
import dev.muster.tasks.store.PostgresTransactions;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.springframework.context.SmartLifecycle;

/// Where everybody asks something of tasks. Whoever is answered can rely on it: it is committed.
public final class Tasks implements SmartLifecycle {
  /// How long an answer is waited for. Postgres is away then, or somebody holds a lock for long:
  /// the command may have been obeyed or not, and is asked again.
  private static final Duration ANSWER_MAX = Duration.ofMillis(4_500);

  /// How long a parked claim trusts that it will be woken.
  private static final Duration LOOK_AGAIN = Duration.ofSeconds(2);

  /// What is larger is decided by itself, so that a batch stays small.
  private static final int TOGETHER_MAX = 16_384;

  private static final int TASKS_REMEMBERED_MAX = 100_000;
  private static final int LANES_MIN = 2;

  private final PostgresTransactions transactions;
  private final Outbox outbox;
  private final Batches batches;
  private final @Nullable Traces traces;
  private final ParkedClaims parked = new ParkedClaims();
  private final PinnedAgents pinned = new PinnedAgents();
  private final Waits waits = new Waits();
  private final List<Lane> lanes = new ArrayList<>();
  private final List<Thread> threads = new ArrayList<>();
  private volatile boolean isRunning;
  private final List<WakeListener> alsoWoken = new CopyOnWriteArrayList<>();

  /// The lanes of claimed tasks: a hint. A report that goes to another lane may find its task
  /// locked, and is then decided by itself.
  private final Cache<TaskId, Lane> lanesOfTasks =
      Caffeine.newBuilder().maximumSize(TASKS_REMEMBERED_MAX).build();

  /// @param traces null where no traces are made
  public Tasks(
      PostgresTransactions transactions,
      Decider decider,
      Outbox outbox,
      MeterRegistry meters,
      @Nullable Traces traces) {
    this.traces = traces;
    this.transactions = transactions;
    this.outbox = outbox;
    this.batches = new Batches(transactions, decider, ThreadLocalRandom::current, this::committed);
    var metrics = new LaneMetrics(meters);
    var count = Math.max(LANES_MIN, Runtime.getRuntime().availableProcessors());
    for (var i = 0; i < count; i++) {
      lanes.add(new Lane(batches, parked, pinned, metrics, Tasks::beside));
    }
  }

  private static void beside(Runnable command) {
    Thread.ofVirtual().name("muster-lane-alone").start(command);
  }

  /// Decides a command of a workspace together with others that are there.
  ///
  /// @throws org.springframework.dao.DataAccessException if Postgres is away
  public <A> A ask(WorkspaceId workspace, TaskCommand<A> command) {
    return ask(lane(workspace), command);
  }

  /// Decides a runtime's report together with others that are there.
  public <A> A ask(Report report, TaskCommand<A> command) {
    var lane = lanesOfTasks.getIfPresent(report.task());
    return lane != null || report.workspaces().isEmpty()
        ? ask(lane == null ? lanes.getFirst() : lane, command)
        : ask(new WorkspaceId(report.workspaces().getFirst()), command);
  }

  /// Decides a command in a transaction of its own, waiting for whatever is locked.
  public <A> A alone(TaskCommand<A> command) {
    return cast(command, lanes.getFirst().alone(command, Traces.current(traces)));
  }

  /// Decides a command in the caller's transaction.
  public <A> A within(TaskCommand<A> command) {
    try (var transaction = transactions.join()) {
      var decision = batches.within(command, Traces.current(traces), transaction);
      Outbox.afterCommit(() -> committed(decision.changes()));
      return cast(command, Objects.requireNonNull(decision.answers().getFirst()));
    }
  }

  /// Ends what runtimes hold, claimed or running, in the caller's transaction.
  ///
  /// @param claimedBefore what was claimed later goes on; null where all of it ends
  public EndedAttempts endActive(
      Collection<RuntimeId> runtimes, FailureReason reason, @Nullable Instant claimedBefore) {
    var sum = EndedAttempts.NONE;
    EndedAttempts batch;
    do {
      batch = within(new TaskCommand.EndActive(List.copyOf(runtimes), reason, claimedBefore));
      sum = sum.plus(batch);
    } while (batch.ended() == TaskCommand.FOUND_MAX);
    return sum;
  }

  /// Ends open tasks in the caller's transaction. Returns how many it changed.
  ///
  /// @param by who wants it; null where the tasks are deleted next
  public int cancelOpen(TaskCommand.Scope scope, boolean isForGood, @Nullable Author by) {
    var sum = 0;
    int batch;
    do {
      batch = within(new TaskCommand.CancelOpen(scope, isForGood, by));
      sum += batch;
    } while (batch == TaskCommand.FOUND_MAX);
    return sum;
  }

  private <A> A ask(Lane lane, TaskCommand<A> command) {
    if (isLarge(command)) {
      return cast(command, lane.alone(command, Traces.current(traces)));
    }
    var request = new Request(command, Traces.current(traces));
    lane.submit(request);
    return cast(command, waits.await(request.answer(), ANSWER_MAX));
  }

  private static boolean isLarge(TaskCommand<?> command) {
    return switch (command) {
      case Report report -> Sizes.of(report.said()) > TOGETHER_MAX;
      case TaskCommand.Create create -> Sizes.of(create.issue()) > TOGETHER_MAX;
      case Claim _,
          TaskCommand.Repeat _,
          TaskCommand.Enqueue _,
          TaskCommand.Rerun _,
          TaskCommand.Redrive _,
          TaskCommand.Cancel _,
          TaskCommand.CancelOpen _,
          TaskCommand.EndActive _,
          TaskCommand.PassDeadlines _,
          TaskCommand.Assign _ ->
          false;
    };
  }

  /// Decides a claim; if there is nothing for it, it waits until there is, for the time given at
  /// most.
  ///
  /// @param isAllowed whether a claim that waits may still be given a task. One that may not is
  ///   answered with nothing, at the latest when it would look again.
  public ClaimAnswer claim(Claim claim, Duration wait, BooleanSupplier isAllowed) {
    if (wait.isZero() || !isRunning) {
      return ask(claim.workspace(), claim);
    }
    var until = System.nanoTime() + wait.toNanos();
    var standing = new StandingClaim(claim, isAllowed);
    var lane = lane(claim.workspace());
    standing.hear(parked.enter(standing));
    try {
      lane.submit(standing);
      while (true) {
        var left = Duration.ofNanos(until - System.nanoTime());
        if (!left.isPositive() || !standing.isAwaited()) {
          standing.giveUp();
          if (parked.take(standing)) {
            return new ClaimAnswer.Nothing();
          }
          return cast(claim, waits.await(standing.answer(), ANSWER_MAX));
        }
        try {
          var look = left.compareTo(LOOK_AGAIN) < 0 ? left : LOOK_AGAIN;
          return cast(claim, waits.get(standing.answer(), look));
        } catch (TimeoutException e) {
          if (System.nanoTime() - until < 0 && standing.isAwaited() && parked.take(standing)) {
            lane.submit(standing);
          }
        }
      }
    } finally {
      parked.leave(standing);
    }
  }

  /// A command's answer is of its own type: the Decider says so, case by case.
  @SuppressWarnings({"unchecked", "UnusedVariable"})
  private static <A> A cast(TaskCommand<A> command, Object answer) {
    return (A) answer;
  }

  private Lane lane(WorkspaceId workspace) {
    return lanes.get(Math.floorMod(workspace.value().hashCode(), lanes.size()));
  }

  /// How many commands wait for a batch.
  public int queued() {
    return lanes.stream().mapToInt(Lane::queued).sum();
  }

  /// How many claims wait for work.
  public int parked() {
    return parked.count() + alsoWoken.stream().mapToInt(WakeListener::parked).sum();
  }

  /// Tells somebody else too of each wake-up.
  public void onWake(WakeListener listener) {
    alsoWoken.add(listener);
  }

  /// There may be work for this runtime.
  public void wake(RuntimeId runtime) {
    resubmit(parked.wake(runtime));
    alsoWoken.forEach(listener -> listener.wake(runtime));
  }

  /// There may be work for any runtime of this workspace.
  public void wakeAll(WorkspaceId workspace) {
    resubmit(parked.wakeAll(workspace));
    alsoWoken.forEach(listener -> listener.wakeAll(workspace));
  }

  private void resubmit(List<StandingClaim> claims) {
    claims.forEach(claim -> lane(claim.command().workspace()).submit(claim));
  }

  /// Answers one of the runtime's parked claims with nothing: there is something else to tell it.
  public void dismiss(RuntimeId runtime) {
    parked.dismiss(runtime).forEach(StandingClaim::answerNothing);
  }

  /// Whether claims are parked: not while the server stops.
  public boolean isOpen() {
    return isRunning && parked.isOpen();
  }

  private void committed(Changes changes) {
    if (!changes.events().isEmpty()) {
      WrittenEvents.tell(changes.events(), outbox);
    }
    changes.made().forEach(this::made);
    changes.changed().forEach(changed -> changed(changed.before(), changed.after()));
  }

  private void made(Task task) {
    var runtime = task.place().runtime();
    if (runtime != null && task.needs().pinned()) {
      pinned.learn(task.agent(), runtime);
    } else {
      pinned.forget(task.agent());
    }
    if (task.isActive()) {
      lanesOfTasks.put(task.id(), lane(task.workspace()));
    } else if (runtime != null && task.place().ready()) {
      wake(runtime);
    }
  }

  private void changed(Task before, Task after) {
    if (after.isActive()) {
      if (before.state() == TaskState.QUEUED) {
        lanesOfTasks.put(after.id(), lane(after.workspace()));
      }
      return;
    }
    var freed = before.isActive() ? before.place().runtime() : null;
    if (freed != null) {
      lanesOfTasks.invalidate(after.id());
      wake(freed);
    } else if (after.place().ready()
        && after.place().runtime() != null
        && !after.state().isFinal()) {
      wake(after.place().runtime());
    }
  }

  @Override
  public void start() {
    parked.open();
    for (var i = 0; i < lanes.size(); i++) {
      threads.add(Thread.ofPlatform().name("muster-lane-" + i).daemon(true).start(lanes.get(i)));
    }
    threads.add(Thread.ofPlatform().name("muster-waits").daemon(true).start(waits));
    isRunning = true;
  }

  /// Answers all parked claims with nothing, so that a stopping server does not take them with it.
  /// The lanes go on: requests that are under way are still answered.
  @Override
  public void stop() {
    isRunning = false;
    parked.close().forEach(StandingClaim::answerNothing);
  }

  /// Ends the lanes, when nobody asks any more.
  public void close() {
    threads.forEach(Thread::interrupt);
    threads.clear();
  }

  @Override
  public boolean isRunning() {
    return isRunning;
  }

  /// Before the web server begins to wait for the requests that are under way.
  @Override
  public int getPhase() {
    return Integer.MAX_VALUE;
  }
}
