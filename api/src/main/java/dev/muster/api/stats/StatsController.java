package dev.muster.api.stats;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.muster.api.access.Caller;
import dev.muster.api.edge.Input;
import dev.muster.api.edge.Refused;
import dev.muster.events.id.WorkspaceId;
import java.time.Duration;
import java.util.List;
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
  private static final int MINUTES_DEFAULT = 60;
  private static final int REMEMBERED_MAX = 1_000;
  private static final Duration REMEMBERED = Duration.ofSeconds(5);

  private final Minutes minutes;
  private final Cache<Asked, Stats> remembered =
      Caffeine.newBuilder().maximumSize(REMEMBERED_MAX).expireAfterWrite(REMEMBERED).build();

  StatsController(Minutes minutes) {
    this.minutes = minutes;
  }

  private record Asked(WorkspaceId workspace, int minutes) {}

  /// @param minutes the oldest first; the last one is not over yet
  record Stats(List<StatsStore.Minute> minutes) {
    Stats {
      minutes = List.copyOf(minutes);
    }
  }

  @GetMapping("/api/workspaces/{id}/stats")
  Stats stats(
      Caller caller,
      @PathVariable String id,
      @RequestParam(name = "minutes", required = false) @Nullable String count) {
    var workspace = new WorkspaceId(Input.id("id", id));
    var asked = new Asked(workspace, count(count));
    caller.memberOf(workspace, "workspace not found");
    return remembered.get(asked, _ -> new Stats(minutes.last(workspace, asked.minutes())));
  }

  private static int count(@Nullable String text) {
    if (text == null || text.isEmpty()) {
      return MINUTES_DEFAULT;
    }
    try {
      return Input.between("minutes", Integer.parseInt(text), 1, Minutes.MAX);
    } catch (NumberFormatException e) {
      throw Refused.invalid("minutes", "is not a number");
    }
  }
}
