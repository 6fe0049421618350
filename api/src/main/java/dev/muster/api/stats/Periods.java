package dev.muster.api.stats;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.muster.api.stats.StatsStore.Asked;
import dev.muster.api.stats.StatsStore.Period;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.springframework.stereotype.Component;

/// The periods of a range up to now. Those that are over do not change, so each is counted once.
@Component
class Periods {
  /// The newest may still get what is being committed.
  private static final int MOVING = 2;

  private static final int REMEMBERED_MAX = 1_000;
  private static final Duration REMEMBERED = Duration.ofMinutes(10);

  private final StatsStore store;
  private final InstantSource clock = InstantSource.system();

  /// Periods that are over, without a gap, the oldest first.
  private final Cache<Asked, List<Period>> over =
      Caffeine.newBuilder().maximumSize(REMEMBERED_MAX).expireAfterAccess(REMEMBERED).build();

  Periods(StatsStore store) {
    this.store = store;
  }

  /// The oldest first; the last one lasts.
  List<Period> upToNow(Asked asked) {
    var count = asked.range().periods();
    var known = over.get(asked, _ -> List.of());
    var all = known.isEmpty() ? known : joined(asked, known);
    if (all.size() < count) {
      all = store.last(asked, count);
    }
    var range = all.subList(all.size() - count, all.size());
    over.put(asked, List.copyOf(range.subList(0, count - MOVING)));
    return range;
  }

  /// The known periods and those after them; empty if there is a gap between them.
  private List<Period> joined(Asked asked, List<Period> known) {
    var step = asked.range().step();
    var end = known.getLast().start();
    var missing = Duration.between(end, clock.instant()).dividedBy(step) + 1;
    if (missing < 0 || missing > asked.range().periods()) {
      return List.of();
    }
    var fresh = store.last(asked, (int) missing + MOVING);
    var begin = fresh.getFirst().start();
    if (begin.isAfter(end.plus(step))) {
      return List.of();
    }
    var all = new ArrayList<>(known.stream().filter(each -> each.start().isBefore(begin)).toList());
    all.addAll(fresh);
    return all;
  }
}
