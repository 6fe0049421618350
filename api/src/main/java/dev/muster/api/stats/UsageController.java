package dev.muster.api.stats;

import dev.muster.api.access.Caller;
import dev.muster.api.agent.SelectorAgents;
import dev.muster.api.edge.Input;
import dev.muster.api.edge.Refused;
import dev.muster.api.stats.UsageTotals.Grouping;
import dev.muster.events.id.WorkspaceId;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/// What the tasks of a workspace have used, for charts and bills.
@RestController
class UsageController {
  private static final String DAYS_DEFAULT = "30";
  private static final int DAYS_MAX = 365;

  private final UsageTotals totals;
  private final SelectorAgents agents;

  UsageController(UsageTotals totals, SelectorAgents agents) {
    this.totals = totals;
    this.agents = agents;
  }

  /// @param items the newest day first, or whatever used most
  record WorkspaceUsage(List<UsageTotals.UsageTotal> items) {
    WorkspaceUsage {
      items = List.copyOf(items);
    }
  }

  @GetMapping("/api/workspaces/{id}/usage")
  WorkspaceUsage usage(
      Caller caller,
      @PathVariable String id,
      @RequestParam(defaultValue = "day") String by,
      @RequestParam(defaultValue = DAYS_DEFAULT) String days,
      @RequestParam(name = "agent_id", required = false) @Nullable String agentId) {
    var workspace = new WorkspaceId(Input.id("id", id));
    var grouping = grouping(by);
    var agent = agentId == null ? null : Input.id("agent_id", agentId);
    var count = count(days);
    caller.memberOf(workspace, "workspace not found");
    if (agent != null) {
      var _ = agents.require(caller, workspace, agent);
    }
    return new WorkspaceUsage(totals.of(caller, workspace, agent, grouping, count));
  }

  private static Grouping grouping(String by) {
    return Arrays.stream(Grouping.values())
        .filter(one -> one.wire().equals(by))
        .findFirst()
        .orElseThrow(() -> Refused.invalid("by", "must be one of day, agent, model"));
  }

  private static int count(String days) {
    try {
      return Input.between("days", Integer.parseInt(days), 1, DAYS_MAX);
    } catch (NumberFormatException e) {
      throw Refused.invalid("days", "is not a number");
    }
  }
}
