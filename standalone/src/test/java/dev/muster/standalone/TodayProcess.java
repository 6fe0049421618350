package dev.muster.standalone;

import dev.muster.standalone.guarantee.Seen;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// One life of Multica's daemon of 2026-08: registers until it is answered, says once that it has
/// started, then claims for its free slots whenever a socket wakes it, a run has ended or a while
/// has passed. Its pauses are shorter than the original's, nothing else.
///
/// A kill leaves everything as it is. A stop ends the agents, reports that, and says goodbye. One
/// that sleeps is taken for dead and is not.
final class TodayProcess {
  private static final long POLL_MILLIS = 500;
  private static final Duration PAUSE = Duration.ofMillis(200);
  private static final Duration BEAT = Duration.ofSeconds(1);
  private static final Duration STOP_AT_MOST = Duration.ofSeconds(5);
  private static final int WORK_MILLIS_MAX = 200;

  private final TodayMachine machine;
  private final int life;
  private final Set<UUID> completed;
  private final List<String> refusals;
  private final SplittableRandom random;
  private final Map<UUID, TodayRun> runs = new ConcurrentHashMap<>();
  private final BlockingQueue<Boolean> wakes = new ArrayBlockingQueue<>(1);
  private final CountDownLatch leaving = new CountDownLatch(1);
  private final CountDownLatch dead = new CountDownLatch(1);
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private volatile boolean asleep;
  // Written once, by the thread that registers.
  private volatile @Nullable TodayDaemon registered;

  @FunctionalInterface
  private interface Loop {
    void run() throws InterruptedException;
  }

  /// @param life which process of its machine it is
  /// @param completed is told which tasks it has completed
  /// @param refusals is told of answers that it should never get
  TodayProcess(TodayMachine machine, int life, Set<UUID> completed, List<String> refusals) {
    this.machine = machine;
    this.life = life;
    this.completed = completed;
    this.refusals = refusals;
    this.random = new SplittableRandom(machine.seed() + 1_000L * life);
    go(this::live);
  }

  private void go(Loop loop) {
    try {
      threads.execute(() -> tryTo(loop));
    } catch (RejectedExecutionException e) {
      // The process ends, and begins nothing any more.
    }
  }

  private void tryTo(Loop loop) {
    try {
      loop.run();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException | AssertionError e) {
      // What a killed process was about to do does not matter.
      if (dead.getCount() > 0) {
        refusals.add(machine.id() + " has come to an end: " + e);
      }
    }
  }

  private void live() throws InterruptedException {
    var daemon = register();
    registered = daemon;
    recoverOrphans(daemon);
    go(() -> beat(daemon));
    go(() -> listen(daemon));
    while (isAtWork()) {
      claim(daemon);
      var _ = wakes.poll(POLL_MILLIS, TimeUnit.MILLISECONDS);
    }
  }

  private TodayDaemon register() throws InterruptedException {
    while (true) {
      try {
        return TodayDaemon.register(machine.calls(), machine.post().workspace(), machine.id());
      } catch (UncheckedIOException | AssertionError e) {
        // No answer, or a server that cannot give one.
        if (isLeavingWithin(PAUSE)) {
          throw new InterruptedException();
        }
      }
    }
  }

  /// Said once: the original does not say it again if nobody heard it.
  private static void recoverOrphans(TodayDaemon daemon) {
    try {
      daemon.recoverOrphans();
    } catch (UncheckedIOException | AssertionError e) {
      // What its last process left is found by other means.
    }
  }

  private void beat(TodayDaemon daemon) throws InterruptedException {
    do {
      try {
        daemon.heartbeat();
      } catch (UncheckedIOException e) {
        // The next one follows.
      }
    } while (!isLeavingWithin(BEAT));
  }

  /// Keeps a socket open for as long as the process lives.
  private void listen(TodayDaemon daemon) throws InterruptedException {
    while (isAtWork()) {
      try {
        var socket = DaemonSocket.open(machine.sockets(), daemon.runtime(), this::hear);
        wake();
        while (!socket.isClosed() && !isLeavingWithin(BEAT)) {
          socket.tryToSay(
              "{\"type\":\"daemon:heartbeat\",\"payload\":{\"runtime_id\":\"%s\"}}"
                  .formatted(daemon.runtime()));
        }
        socket.vanish();
      } catch (CompletionException e) {
        // Its api is away. It is dialled for ever.
      }
      var _ = isLeavingWithin(PAUSE);
    }
  }

  private void hear(JsonNode frame) {
    if (frame.get("type").asString().equals("daemon:task_available")) {
      wake();
    }
  }

  private void wake() {
    var _ = wakes.offer(true);
  }

  private void claim(TodayDaemon daemon) {
    var free = machine.post().slots() - runs.size();
    if (free == 0) {
      return;
    }
    try {
      for (var task : daemon.claim(free)) {
        take(daemon, task);
      }
    } catch (UncheckedIOException | AssertionError e) {
      // What was handed out to nobody is handed out again.
    }
  }

  private void take(TodayDaemon daemon, JsonNode task) {
    var run = new TodayRun(this, daemon, task, "life " + life, random.nextInt(WORK_MILLIS_MAX));
    runs.put(run.attempt(), run);
    saw(Seen.What.CLAIMED, run.claim());
    go(() -> {
      try {
        run.run();
      } finally {
        runs.remove(run.attempt());
        wake();
      }
    });
  }

  /// What the server has answered about a claim.
  void saw(Seen.What what, Seen.Claim claim) {
    machine.post().guarantees().saw(what, claim);
    if (what == Seen.What.COMPLETED) {
      completed.add(claim.task());
    }
  }

  void refused(String answer) {
    refusals.add(answer);
  }

  private boolean isAtWork() {
    return leaving.getCount() > 0;
  }

  /// Whether the process is to end, or is asked to meanwhile.
  boolean isLeavingWithin(Duration pause) throws InterruptedException {
    return leaving.await(pause.toMillis(), TimeUnit.MILLISECONDS);
  }

  /// Whether the process is no more, or dies meanwhile.
  boolean isDeadWithin(Duration pause) throws InterruptedException {
    return dead.await(pause.toMillis(), TimeUnit.MILLISECONDS);
  }

  boolean holds(UUID task) {
    return !asleep && runs.values().stream().anyMatch(run -> run.claim().task().equals(task));
  }

  /// Stands still for a while, as on a machine that sleeps while another process takes its place.
  /// What it was about to report it reports when it wakes, and claims nothing any more.
  void sleep() {
    asleep = true;
    leaving.countDown();
    wake();
  }

  boolean isAsleep() {
    return asleep;
  }

  /// Ends as if the machine had lost its power.
  void kill() {
    dead.countDown();
    leaving.countDown();
    threads.shutdownNow();
    awaitThreads();
  }

  /// Ends as on SIGTERM: each run reports that it was ended.
  void stop() {
    leaving.countDown();
    wake();
    threads.shutdown();
    awaitThreads();
    var daemon = registered;
    if (daemon != null) {
      try {
        daemon.deregister();
      } catch (UncheckedIOException e) {
        // Nobody heard the goodbye.
      }
    }
    kill();
  }

  /// What does not end by then is a socket that is being dialled, or a report that nobody takes.
  private void awaitThreads() {
    try {
      var _ = threads.awaitTermination(STOP_AT_MOST.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
