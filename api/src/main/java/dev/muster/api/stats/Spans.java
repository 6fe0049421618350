package dev.muster.api.stats;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.muster.api.stats.StatsStore.Minute;
import dev.muster.events.id.WorkspaceId;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.springframework.stereotype.Component;

/// The last minutes of a workspace. Those that are over do not change, so each is counted once.
@Component
class Minutes {
  static final int MAX = 180;

  /// The newest minutes may still get what is being committed.
  private static final int MOVING = 2;

  private static final int REMEMBERED_MAX = 1_000;
  private static final Duration REMEMBERED = Duration.ofMinutes(10);

  private final StatsStore store;
  private final InstantSource clock = InstantSource.system();

  /// Minutes that are over, without a gap, the oldest first.
  private final Cache<WorkspaceId, List<Minute>> over =
      Caffeine.newBuilder().maximumSize(REMEMBERED_MAX).expireAfterAccess(REMEMBERED).build();

  Minutes(StatsStore store) {
    this.store = store;
  }

  /// The oldest first; the last one lasts.
  List<Minute> last(WorkspaceId workspace, int count) {
    var known = over.get(workspace, _ -> List.of());
    var all = known.isEmpty() ? known : joined(workspace, known);
    if (all.size() < count) {
      all = store.minutes(workspace, count);
    }
    var first = Math.max(0, all.size() - MAX);
    over.put(workspace, List.copyOf(all.subList(first, Math.max(first, all.size() - MOVING))));
    return all.subList(all.size() - count, all.size());
  }

  /// The known minutes and those after them; empty if there is a gap between them.
  private List<Minute> joined(WorkspaceId workspace, List<Minute> known) {
    var end = known.getLast().minute();
    var behind = Duration.between(end, clock.instant()).toMinutes() + 1;
    if (behind < 0 || behind > MAX) {
      return List.of();
    }
    var fresh = store.minutes(workspace, (int) behind + MOVING);
    var begin = fresh.getFirst().minute();
    if (begin.isAfter(end.plus(Duration.ofMinutes(1)))) {
      return List.of();
    }
    var all =
        new ArrayList<>(known.stream().filter(each -> each.minute().isBefore(begin)).toList());
    all.addAll(fresh);
    return all;
  }
}
