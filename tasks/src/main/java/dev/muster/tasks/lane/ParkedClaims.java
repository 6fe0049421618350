package dev.muster.tasks.lane;

import dev.muster.events.id.RuntimeId;
import dev.muster.events.id.WorkspaceId;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The claims of this instance that found nothing and wait for work to come.
///
/// A wake-up is a hint: a claim that is woken asks Postgres again. Each wakes one claim of a
/// runtime, so that a single task does not set all of a machine's claims on the database. One that
/// comes while the runtime's claim is being decided counts for that claim, which is then decided
/// once more before it is parked.
final class ParkedClaims {
  private static final class Place {
    private final WorkspaceId workspace;
    private final Deque<StandingClaim> parked = new ArrayDeque<>();
    private int standing;
    private long wakes;
    private long dismissals;

    Place(WorkspaceId workspace) {
      this.workspace = workspace;
    }
  }

  // Both guarded by this object's lock. In the order in which the runtimes came, those that were
  // asked last at the end: so all have their turn.
  private final Map<RuntimeId, Place> places = new HashMap<>();
  private final Map<WorkspaceId, LinkedHashMap<RuntimeId, Place>> byWorkspace = new HashMap<>();
  private boolean isOpen = true;

  /// What was heard for a runtime so far.
  record Heard(long wakes, long dismissals) {}

  /// A claim begins. It must leave in the end.
  synchronized Heard enter(StandingClaim claim) {
    var place =
        places.computeIfAbsent(claim.runtime(), _ -> new Place(claim.command().workspace()));
    place.standing++;
    byWorkspace
        .computeIfAbsent(place.workspace, _ -> new LinkedHashMap<>())
        .putIfAbsent(claim.runtime(), place);
    return new Heard(place.wakes, place.dismissals);
  }

  synchronized void leave(StandingClaim claim) {
    var place = places.get(claim.runtime());
    if (place == null) {
      return;
    }
    place.parked.remove(claim);
    if (--place.standing == 0) {
      places.remove(claim.runtime());
      var runtimes = byWorkspace.get(place.workspace);
      if (runtimes != null) {
        runtimes.remove(claim.runtime());
        if (runtimes.isEmpty()) {
          byWorkspace.remove(place.workspace);
        }
      }
    }
  }

  /// What becomes of a claim that found nothing.
  enum Rest {
    PARKED,
    /// Something was heard since it was asked: it is to be decided again.
    AGAIN,
    /// It is to be answered with nothing.
    DISMISSED
  }

  synchronized Rest park(StandingClaim claim) {
    var place = places.get(claim.runtime());
    if (place == null || !isOpen) {
      return Rest.DISMISSED;
    }
    var heard = claim.heard();
    claim.hear(new Heard(place.wakes, place.dismissals));
    if (place.dismissals != heard.dismissals()) {
      return Rest.DISMISSED;
    }
    if (place.wakes != heard.wakes()) {
      return Rest.AGAIN;
    }
    place.parked.add(claim);
    return Rest.PARKED;
  }

  /// Takes a claim out, if it is parked.
  synchronized boolean take(StandingClaim claim) {
    var place = places.get(claim.runtime());
    return place != null && place.parked.remove(claim);
  }

  /// Takes the claim of a runtime that is parked longest, to be decided again. Empty if there is
  /// none: then one that is just decided is decided once more.
  synchronized List<StandingClaim> wake(RuntimeId runtime) {
    var place = places.get(runtime);
    if (place == null) {
      return List.of();
    }
    var claim = poll(place);
    if (claim == null) {
      place.wakes++;
      return List.of();
    }
    return List.of(claim);
  }

  /// Takes a claim of each runtime of the workspace.
  synchronized List<StandingClaim> wakeAll(WorkspaceId workspace) {
    var woken = new ArrayList<StandingClaim>();
    for (var runtime :
        List.copyOf(byWorkspace.getOrDefault(workspace, new LinkedHashMap<>()).keySet())) {
      woken.addAll(wake(runtime));
    }
    return woken;
  }

  /// Takes a claim of the runtime, to be answered with nothing.
  synchronized List<StandingClaim> dismiss(RuntimeId runtime) {
    var place = places.get(runtime);
    if (place == null) {
      return List.of();
    }
    var claim = place.parked.poll();
    if (claim == null) {
      place.dismissals++;
      return List.of();
    }
    return List.of(claim);
  }

  /// The claim that is parked longest and may still be given a task; those before it end.
  private static @Nullable StandingClaim poll(Place place) {
    var claim = place.parked.poll();
    while (claim != null && !claim.isAwaited()) {
      claim.answerNothing();
      claim = place.parked.poll();
    }
    return claim;
  }

  /// Takes claims of other runtimes of the workspace than before, for new tasks that any of them
  /// might get.
  synchronized List<StandingClaim> someOf(WorkspaceId workspace, int most) {
    var runtimes = byWorkspace.get(workspace);
    if (runtimes == null) {
      return List.of();
    }
    var some = new ArrayList<StandingClaim>();
    for (var runtime : List.copyOf(runtimes.sequencedKeySet())) {
      if (some.size() == most) {
        break;
      }
      var place = runtimes.get(runtime);
      var claim = place == null ? null : poll(place);
      if (claim != null && place != null) {
        some.add(claim);
        runtimes.putLast(runtime, place);
      }
    }
    return some;
  }

  /// Takes all, and parks none from now on.
  synchronized List<StandingClaim> close() {
    isOpen = false;
    var all = new ArrayList<StandingClaim>();
    places
        .values()
        .forEach(place -> {
          all.addAll(place.parked);
          place.parked.clear();
        });
    return all;
  }

  /// How many are parked.
  synchronized int count() {
    return places.values().stream().mapToInt(place -> place.parked.size()).sum();
  }

  synchronized void open() {
    isOpen = true;
  }

  synchronized boolean isOpen() {
    return isOpen;
  }
}
