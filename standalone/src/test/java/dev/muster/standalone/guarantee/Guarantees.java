package dev.muster.standalone.guarantee;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.events.Event;
import dev.muster.events.id.WorkspaceId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;

/// Everything Muster promises, for one workspace: collects what its clients were answered, and
/// holds that and the feed against each promise.
public final class Guarantees {
  private static final int SHOWN_MAX = 20;

  private final Queue<Seen> seen = new ConcurrentLinkedQueue<>();
  private final Map<UUID, Integer> limits = new ConcurrentHashMap<>();

  /// The runtime or agent has no more than so many tasks in hand.
  public void limit(UUID holder, int maxConcurrentTasks) {
    limits.put(holder, maxConcurrentTasks);
  }

  /// A client was told that the task was made.
  public void created(UUID task) {
    saw(Seen.What.CREATED, Seen.Claim.of(task));
  }

  public void saw(Seen.What what, Seen.Claim claim) {
    seen.add(new Seen(what, claim, Instant.now()));
  }

  /// How many answers of the kind there were.
  public long count(Seen.What what) {
    return seen.stream().filter(answer -> answer.what() == what).count();
  }

  /// Checks all promises. Every task has to have come to its end.
  ///
  /// @param events the workspace's feed, from its beginning
  public void check(WorkspaceId workspace, List<Event> events) {
    var guarantees = ofFeed(limits);
    guarantees.add(new NothingLost());
    guarantees.add(new NoOldWrite());
    guarantees.add(new AnsweredIsTold());
    positionsAreDense(workspace, events);
    assertThat(broken(guarantees, seen, events)).as("broken promises").isEmpty();
  }

  /// Checks what a feed must hold at any time, whatever clients were answered.
  public static void checkFeed(WorkspaceId workspace, List<Event> events) {
    positionsAreDense(workspace, events);
    assertThat(broken(ofFeed(Map.of()), List.of(), events)).as("broken promises").isEmpty();
  }

  private static List<Guarantee> ofFeed(Map<UUID, Integer> limits) {
    var guarantees = new ArrayList<Guarantee>();
    guarantees.add(new OrderPerTask());
    guarantees.add(new OneLiveClaim());
    guarantees.add(new FinalOnce());
    guarantees.add(new Caps(limits));
    return guarantees;
  }

  private static void positionsAreDense(WorkspaceId workspace, List<Event> events) {
    var position = 0L;
    for (var event : events) {
      assertThat(event.workspace()).isEqualTo(workspace);
      assertThat(event.position()).as("position is dense in %s", workspace).isEqualTo(++position);
    }
  }

  static List<String> broken(
      List<? extends Guarantee> guarantees, Collection<Seen> seen, List<Event> events) {
    for (var guarantee : guarantees) {
      seen.forEach(guarantee::saw);
      events.stream()
          .filter(event -> event.type().isTask())
          .map(TaskFact::of)
          .forEach(guarantee::told);
    }
    return guarantees.stream()
        .flatMap(guarantee ->
            guarantee.broken().stream()
                .limit(SHOWN_MAX)
                .map(words -> guarantee.getClass().getSimpleName() + ": " + words))
        .toList();
  }
}
