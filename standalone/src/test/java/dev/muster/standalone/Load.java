package dev.muster.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.muster.events.Event;
import dev.muster.events.id.WorkspaceId;
import dev.muster.standalone.guarantee.Guarantees;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.function.Predicate;

/// A workspace with runtimes at work, an agent for each, and tasks that are made for them.
final class Load implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofMinutes(4);
  private static final Duration UNDER_WAY_AT_MOST = Duration.ofSeconds(10);
  private static final long PAUSE_NANOS = 50_000_000;

  private final List<Api> people;
  private final TestServers servers;
  private final FaultSize size;
  private final UUID workspace;
  private final Chore chore;
  private final List<UUID> agents = new ArrayList<>();
  private final Guarantees guarantees = new Guarantees();
  private final Crew crew;
  // Owned by the one thread at a time that makes tasks.
  private int made;

  /// Where a crew is to work.
  record Post(UUID workspace, List<UUID> runtimes, int slots, Guarantees guarantees) {}

  /// @param people where tasks are made
  /// @param workers where runtimes call
  Load(List<Api> people, List<Api> workers, TestServers servers, FaultSize size) {
    this(
        people,
        servers,
        size,
        Chore.TASK,
        post -> new Fleet(workers, post.runtimes(), post.slots(), post.guarantees()));
  }

  /// @param people where tasks are made
  /// @param chore how tasks are made
  /// @param hire brings the runtimes to work
  Load(
      List<Api> people,
      TestServers servers,
      FaultSize size,
      Chore chore,
      Function<Post, Crew> hire) {
    this.chore = chore;
    this.people = List.copyOf(people);
    this.servers = servers;
    this.size = size;
    var api = people.getFirst();
    workspace = api.newWorkspace();
    var runtimes = new ArrayList<UUID>();
    for (var i = 0; i < size.runtimes(); i++) {
      var runtime = register(i);
      var agent = api.newAgent(workspace, runtime, size.slots());
      guarantees.limit(runtime, size.slots());
      guarantees.limit(agent, size.slots());
      runtimes.add(runtime);
      agents.add(agent);
    }
    crew = hire.apply(new Post(workspace, runtimes, size.slots(), guarantees));
  }

  /// Registers a daemon: what it had in hand is over.
  UUID register(int daemon) {
    return people.getFirst().newRuntime(workspace, "dm" + daemon, "claude", size.slots());
  }

  UUID workspace() {
    return workspace;
  }

  Crew crew() {
    return crew;
  }

  Guarantees guarantees() {
    return guarantees;
  }

  /// The agents, each of which names a runtime of its own.
  List<UUID> agents() {
    return agents;
  }

  /// Makes tasks, one after the other, each until somebody was told that it is made. One whose
  /// answer was lost may exist besides.
  void make(int tasks) {
    for (var i = 0; i < tasks; i++) {
      make(agents.get(made++ % agents.size()));
    }
  }

  void make(UUID agent) {
    guarantees.created(insist(api -> chore.give(api, workspace, agent)));
  }

  /// Makes tasks, and does something when a part of them is done. Returns when all are made and the
  /// fault is over; what it left behind is worked off meanwhile or later.
  void make(int tasks, int doneBefore, Fault fault) throws Exception {
    var at = crew.completed() + doneBefore;
    var maker = Thread.ofVirtual().start(() -> make(tasks));
    awaitWithHand(Duration.ofMillis(50), () -> crew.completed() >= at);
    fault.cause();
    maker.join();
  }

  /// What happens in the middle.
  @FunctionalInterface
  interface Fault {
    void cause() throws Exception;
  }

  private UUID insist(Function<Api, Optional<UUID>> giving) {
    var end = System.nanoTime() + PATIENCE.toNanos();
    for (var attempt = made; System.nanoTime() < end; attempt++) {
      try {
        var task = giving.apply(people.get(attempt % people.size()));
        if (task.isPresent()) {
          return task.get();
        }
      } catch (UncheckedIOException e) {
        // No answer: made or not, another one is asked for.
      }
      LockSupport.parkNanos(PAUSE_NANOS);
    }
    throw new AssertionError("no task could be made in " + PATIENCE);
  }

  private void awaitWithHand(Duration interval, java.util.concurrent.Callable<Boolean> isDone) {
    await()
        .atMost(PATIENCE)
        .pollInterval(interval)
        .until(() -> {
          assertThat(crew.refusals()).isEmpty();
          deliverAgain(UNDER_WAY_AT_MOST, task -> !crew.holds(task));
          giveUp();
          return isDone.call();
        });
  }

  /// Has claims handed out again that nobody heard of, without waiting for the minute to pass.
  void deliverAgain(Duration silence, Predicate<UUID> isLost) {
    try (var database = new SingleDatabase(servers.jdbcUrl())) {
      new ClockHand(database.db(), workspace).deliverAgain(silence, isLost);
    }
  }

  /// Has runs given up that nobody will report any more, without waiting for it.
  private void giveUp() {
    try (var database = new SingleDatabase(servers.jdbcUrl())) {
      new ClockHand(database.db(), workspace).giveUp(task -> !crew.holds(task));
    }
  }

  /// Waits until every task has ended. Fails as soon as a worker was refused.
  void awaitEnds() {
    awaitWithHand(Duration.ofMillis(200), () -> open().isEmpty());
  }

  /// The tasks that have not ended, by state.
  Map<String, Long> open() {
    try (var database = new SingleDatabase(servers.jdbcUrl())) {
      return database
          .db()
          .sql(
              """
              SELECT status, count(*) FROM task
               WHERE workspace_id = :w AND status IN ('queued', 'dispatched', 'running') GROUP BY status
              """)
          .param("w", workspace)
          .query((row, _) -> Map.entry(row.getString(1), row.getLong(2)))
          .list()
          .stream()
          .collect(java.util.stream.Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }
  }

  /// Reads the feed from its beginning, with a consumer of its own, and holds every promise against
  /// it. Returns how the tasks ended.
  Map<String, Long> check() {
    return checkedEvents().stream()
        .map(event -> event.type().wire())
        .filter(List.of("task.completed", "task.failed", "task.cancelled")::contains)
        .collect(
            java.util.stream.Collectors.groupingBy(
                name -> name, java.util.stream.Collectors.counting()));
  }

  /// The feed from its beginning, every promise held against it.
  List<Event> checkedEvents() {
    try (var feed = new FeedWatch(servers.kafka());
        var database = new SingleDatabase(servers.jdbcUrl())) {
      var events = feed.read(database.db(), workspace);
      guarantees.check(new WorkspaceId(workspace), events);
      return events;
    }
  }

  @Override
  public void close() {
    crew.close();
  }
}
