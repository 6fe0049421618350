package dev.muster.api.stats;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.muster.api.access.Caller;
import dev.muster.api.agent.SelectorAgents;
import dev.muster.api.edge.Input;
import dev.muster.api.stats.StatsStore.Asked;
import dev.muster.api.stats.StatsStore.Period;
import dev.muster.events.id.WorkspaceId;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/// The statistics behind the charts of dashboards.
///
/// However many look at a workspace, it is counted once every few seconds.
@RestController
class StatsController {
  private static final int REMEMBERED_MAX = 1_000;
  private static final Duration REMEMBERED = Duration.ofSeconds(5);

  private final Periods periods;
  private final SelectorAgents agents;
  private final Cache<Asked, Stats> remembered =
      Caffeine.newBuilder().maximumSize(REMEMBERED_MAX).expireAfterWrite(REMEMBERED).build();

  StatsController(Periods periods, SelectorAgents agents) {
    this.periods = periods;
    this.agents = agents;
  }

  /// @param total of all periods
  /// @param periods the oldest first; the last one is not over yet
  record Stats(String range, long stepSeconds, StatsTotal total, List<Period> periods) {
    Stats {
      periods = List.copyOf(periods);
    }

    static Stats of(StatsRange range, List<Period> periods) {
      return new Stats(range.wire(), range.step().toSeconds(), StatsTotal.of(periods), periods);
    }
  }

  /// What the periods add up to. The percentiles are those of all tasks, and right to 1 %.
  ///
  /// @param more whether a period has more tasks than are counted
  record StatsTotal(
      int completed,
      int failed,
      int cancelled,
      int claimed,
      @Nullable Double queueWaitP50,
      @Nullable Double queueWaitP95,
      @Nullable Double runTimeP50,
      @Nullable Double runTimeP95,
      boolean more) {
    static StatsTotal of(List<Period> periods) {
      return new StatsTotal(
          sum(periods, Period::completed),
          sum(periods, Period::failed),
          sum(periods, Period::cancelled),
          sum(periods, Period::claimed),
          percentile(periods, Period::waits, 0.5),
          percentile(periods, Period::waits, 0.95),
          percentile(periods, Period::runs, 0.5),
          percentile(periods, Period::runs, 0.95),
          periods.stream().anyMatch(Period::more));
    }

    private static int sum(List<Period> periods, ToIntFunction<Period> count) {
      return periods.stream().mapToInt(count).sum();
    }

    private static @Nullable Double percentile(
        List<Period> periods, Function<Period, List<Long>> durations, double share) {
      return Spread.percentile(periods.stream().map(durations).map(Spread::new).toList(), share);
    }
  }

  @GetMapping("/api/workspaces/{id}/stats")
  Stats stats(
      Caller caller,
      @PathVariable String id,
      @RequestParam(defaultValue = "1h") String range,
      @RequestParam(name = "agent_id", required = false) @Nullable String agentId) {
    var workspace = new WorkspaceId(Input.id("id", id));
    var agent = agentId == null ? null : Input.id("agent_id", agentId);
    var asked = new Asked(workspace, agent, StatsRange.of(range));
    caller.memberOf(workspace, "workspace not found");
    if (agent != null) {
      var _ = agents.require(caller, workspace, agent);
    }
    return remembered.get(asked, _ -> Stats.of(asked.range(), periods.upToNow(asked)));
  }
}
