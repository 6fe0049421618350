package dev.muster.api.agent;

import dev.muster.api.access.Caller;
import dev.muster.api.access.WorkspaceAccess;
import dev.muster.api.budget.BudgetFields;
import dev.muster.api.budget.BudgetView;
import dev.muster.api.edge.Created;
import dev.muster.api.edge.Input;
import dev.muster.api.edge.JsonBody;
import dev.muster.api.edge.LargeAnswer;
import dev.muster.api.edge.NextLink;
import dev.muster.api.edge.RowCursor;
import jakarta.servlet.http.HttpServletRequest;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.JsonNode;

/// The routes of agents.
@RestController
@RequestMapping("/api/agents")
class AgentController {
  private static final int SKILLS_MAX = 100;

  private final Agents agents;
  private final AgentViews views;

  AgentController(Agents agents, AgentViews views) {
    this.agents = agents;
    this.views = views;
  }

  @LargeAnswer
  @GetMapping({"", "/"})
  ResponseEntity<List<AgentView>> list(
      WorkspaceAccess access,
      @RequestParam(required = false) @Nullable String cursor,
      @RequestParam(required = false) @Nullable String limit,
      HttpServletRequest request) {
    var rows = Input.limit(limit, AgentViews.LIST_MAX);
    var page = views.visible(access, RowCursor.Order.AGENTS.parse(cursor), rows);
    var next = page.next(last -> RowCursor.Order.AGENTS.cursor(last.createdAt(), last.id()));
    return NextLink.answer(request, page.rows(), "cursor", next);
  }

  @PostMapping({"", "/"})
  @ResponseStatus(HttpStatus.CREATED)
  ResponseEntity<AgentView> create(WorkspaceAccess access, @JsonBody AgentFields fields) {
    access.requireAdmin();
    var agent = agents.create(access, fields);
    return Created.at("/api/agents/" + agent.id(), agent);
  }

  @LargeAnswer
  @GetMapping("/{id}")
  AgentView find(Caller caller, @PathVariable String id) {
    return agents.find(caller, id);
  }

  @PutMapping("/{id}")
  AgentView update(Caller caller, @PathVariable String id, @JsonBody AgentFields fields) {
    return agents.update(caller, id, fields);
  }

  @DeleteMapping("/{id}")
  @ResponseStatus(HttpStatus.NO_CONTENT)
  void delete(Caller caller, @PathVariable String id) {
    agents.delete(caller, id);
  }

  /// Nothing new is begun; tasks wait.
  @PostMapping("/{id}/pause")
  AgentView pause(Caller caller, @PathVariable String id) {
    return agents.setIntake(caller, id, "paused");
  }

  /// What waits is finished; new tasks are refused.
  @PostMapping("/{id}/drain")
  AgentView drain(Caller caller, @PathVariable String id) {
    return agents.setIntake(caller, id, "draining");
  }

  @PostMapping("/{id}/resume")
  AgentView resume(Caller caller, @PathVariable String id) {
    return agents.setIntake(caller, id, "open");
  }

  @GetMapping("/{id}/budget")
  BudgetView budget(Caller caller, @PathVariable String id) {
    return agents.budget(caller, id);
  }

  @PutMapping("/{id}/budget")
  BudgetView setBudget(Caller caller, @PathVariable String id, @JsonBody BudgetFields fields) {
    return agents.setBudget(caller, id, fields);
  }

  @LargeAnswer
  @GetMapping("/{id}/skills")
  JsonNode skills(Caller caller, @PathVariable String id) {
    return agents.skills(caller, id);
  }

  record SkillIds(@Nullable List<@Nullable String> skillIds) {
    Set<UUID> ids() {
      var ids = new LinkedHashSet<UUID>();
      for (var id : Input.list("skill_ids", skillIds, SKILLS_MAX)) {
        ids.add(Input.id("skill_ids", id));
      }
      return ids;
    }
  }

  @PutMapping("/{id}/skills")
  JsonNode replaceSkills(Caller caller, @PathVariable String id, @JsonBody SkillIds skills) {
    return agents.replaceSkills(caller, id, skills.ids());
  }
}
