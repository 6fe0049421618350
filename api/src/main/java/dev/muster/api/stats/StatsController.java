package dev.muster.api.stats;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.muster.api.access.Caller;
import dev.muster.api.agent.SelectorAgents;
import dev.muster.api.edge.Input;
import dev.muster.api.stats.StatsStore.Asked;
import dev.muster.api.stats.StatsStore.Span;
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

  private final Spans spans;
  private final SelectorAgents agents;
  private final Cache<Asked, Stats> remembered =
      Caffeine.newBuilder().maximumSize(REMEMBERED_MAX).expireAfterWrite(REMEMBERED).build();

  StatsController(Spans spans, SelectorAgents agents) {
    this.spans = spans;
    this.agents = agents;
  }

  /// @param total of all spans
  /// @param spans the oldest first; the last one is not over yet
  record Stats(String range, long stepSeconds, StatsTotal total, List<Span> spans) {
    Stats {
      spans = List.copyOf(spans);
    }

    static Stats of(StatsRange range, List<Span> spans) {
      return new Stats(range.wire(), range.step().toSeconds(), StatsTotal.of(spans), spans);
    }
  }

  /// What the spans add up to. The percentiles are those of all tasks, and right to 1 %.
  ///
  /// @param more whether a span has more tasks than are counted
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
    static StatsTotal of(List<Span> spans) {
      return new StatsTotal(
          sum(spans, Span::completed),
          sum(spans, Span::failed),
          sum(spans, Span::cancelled),
          sum(spans, Span::claimed),
          percentile(spans, Span::waits, 0.5),
          percentile(spans, Span::waits, 0.95),
          percentile(spans, Span::runs, 0.5),
          percentile(spans, Span::runs, 0.95),
          spans.stream().anyMatch(Span::more));
    }

    private static int sum(List<Span> spans, ToIntFunction<Span> count) {
      return spans.stream().mapToInt(count).sum();
    }

    private static @Nullable Double percentile(
        List<Span> spans, Function<Span, List<Long>> durations, double share) {
      return Spread.percentile(spans.stream().map(durations).map(Spread::new).toList(), share);
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
    return remembered.get(asked, _ -> Stats.of(asked.range(), spans.upToNow(asked)));
  }
}
