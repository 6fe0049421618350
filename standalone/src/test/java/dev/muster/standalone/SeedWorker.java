package dev.muster.standalone;

import dev.muster.standalone.demo.Agent;
import dev.muster.standalone.demo.DaemonObserver;
import dev.muster.standalone.demo.DaemonOptions;
import dev.muster.standalone.demo.SeedDaemon;
import dev.muster.standalone.guarantee.Guarantees;
import dev.muster.standalone.guarantee.Seen;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Multica's daemon of 2026-03 at work in a [MixedFleet].
///
/// It makes each call once and names no claim, so what its server takes from it is the claim that
/// it has in hand: it is serial.
final class SeedWorker implements MixedFleet.Member, DaemonObserver {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final long PAUSE_MILLIS = 200;
  private static final int WORK_MILLIS_MAX = 100;

  private final DaemonOptions options;
  private final Guarantees guarantees;
  private final SplittableRandom random;
  private final Set<UUID> completed = ConcurrentHashMap.newKeySet();
  private final List<String> refusals = new CopyOnWriteArrayList<>();
  // Owned by the thread that starts it, and after that by the one that ends it.
  private volatile @Nullable SeedDaemon daemon;
  private @Nullable Thread starting;
  private final AtomicInteger life = new AtomicInteger();
  // Written by the daemon's thread that claims.
  private volatile Seen.@Nullable Claim inHand;

  SeedWorker(Api server, Load.Post post, int number, long seed) {
    this.guarantees = post.guarantees();
    this.random = new SplittableRandom(seed + number);
    this.options =
        new DaemonOptions(
            URI.create(server.url()),
            server.token(),
            List.of(post.workspace().toString()),
            new DaemonOptions.Machine(
                "dm" + number, "dm" + number, List.of(new DaemonOptions.Provider("claude", "2.1"))),
            new DaemonOptions.Pace(Duration.ofMillis(PAUSE_MILLIS), Duration.ofSeconds(1)),
            List.of());
  }

  /// Started as often as it takes: a person starts it again where it could not register.
  @Override
  public void start() {
    var _ = life.incrementAndGet();
    starting = Thread.ofVirtual().start(this::tryToStart);
  }

  private void tryToStart() {
    try {
      while (daemon == null) {
        try {
          daemon = SeedDaemon.start(options, this::work, this);
        } catch (IllegalStateException e) {
          pause(PAUSE_MILLIS);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void pause(long millis) throws InterruptedException {
    var _ = new CountDownLatch(1).await(millis, TimeUnit.MILLISECONDS);
  }

  /// It can give no reason, so it cannot fail once.
  private Agent.Outcome work(JsonNode task) throws InterruptedException {
    pause(random.nextInt(WORK_MILLIS_MAX));
    return Plan.of(task.get("title").asString()) == Plan.FAILS
        ? new Agent.Failure(Plan.ERROR)
        : new Agent.Success("done", "", "");
  }

  @Override
  public void claimed(JsonNode task) {
    var claim =
        new Seen.Claim(
            Api.id(task),
            task.get("claim_generation").asLong(),
            UUID.fromString(task.get("runtime_id").asString()),
            "life " + life.get());
    inHand = claim;
    guarantees.saw(Seen.What.CLAIMED, claim);
  }

  @Override
  public void called(Call call) {
    if (call.status() == 401 || call.status() == 403 || call.status() == 404) {
      refusals.add(call.toString());
    }
    if (call.path().endsWith("/tasks/claim")) {
      inHand = null;
    }
    var claim = inHand;
    if (claim == null || !call.isSuccess()) {
      return;
    }
    if (call.path().endsWith(claim.task() + "/start")) {
      guarantees.saw(Seen.What.STARTED, claim);
    } else if (call.path().endsWith(claim.task() + "/complete")
        && JSON.readTree(call.answer()).path("status").asString("").equals("completed")) {
      guarantees.saw(Seen.What.COMPLETED, claim);
      completed.add(claim.task());
    }
  }

  @Override
  public boolean holds(UUID task) {
    var claim = inHand;
    return claim != null && claim.task().equals(task);
  }

  @Override
  public int completed() {
    return completed.size();
  }

  @Override
  public List<String> refusals() {
    return refusals;
  }

  @Override
  public void kill() {
    end(SeedDaemon::kill);
  }

  @Override
  public void stop() {
    end(SeedDaemon::close);
  }

  private void end(Consumer<SeedDaemon> way) {
    try {
      if (starting != null) {
        starting.interrupt();
        starting.join();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    var started = daemon;
    if (started != null) {
      way.accept(started);
    }
    daemon = null;
    inHand = null;
  }

  @Override
  public void close() {
    kill();
  }
}
