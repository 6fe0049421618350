package dev.muster.api.agent;

import dev.muster.api.access.AgentRule;
import dev.muster.api.access.Caller;
import dev.muster.api.access.WorkspaceAccess;
import dev.muster.api.budget.BudgetFields;
import dev.muster.api.budget.BudgetView;
import dev.muster.api.budget.Budgets;
import dev.muster.api.edge.Input;
import dev.muster.api.edge.Limits;
import dev.muster.api.edge.Quotas;
import dev.muster.api.edge.Refused;
import dev.muster.api.storage.StorageQuota;
import dev.muster.events.EventType;
import dev.muster.events.feed.Outbox;
import dev.muster.events.id.AgentId;
import dev.muster.events.id.WorkspaceId;
import dev.muster.tasks.command.TaskCommand.Scope;
import dev.muster.tasks.lane.Tasks;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What can be done to agents.
@Component
class Agents {
  private static final String NOT_FOUND = "agent not found";
  private static final Set<String> OVERRIDES = Set.of("blocked", "error", "offline");
  private static final List<String> STATUSES =
      List.of("idle", "working", "blocked", "error", "offline");

  private final AgentStore store;
  private final AgentViews views;
  private final Tasks tasks;
  private final Outbox outbox;
  private final Budgets budgets;
  private final JsonMapper json;
  private final Quotas quotas;
  private final StorageQuota storage;

  Agents(
      AgentStore store,
      AgentViews views,
      Tasks tasks,
      Outbox outbox,
      Budgets budgets,
      JsonMapper json,
      Quotas quotas,
      StorageQuota storage) {
    this.storage = storage;
    this.store = store;
    this.views = views;
    this.tasks = tasks;
    this.outbox = outbox;
    this.budgets = budgets;
    this.json = json;
    this.quotas = quotas;
  }

  /// The agent, if the caller may see it: private ones are for their owner and for those who
  /// administer the workspace.
  AgentView find(Caller caller, String id) {
    return Input.lenientId(id)
        .flatMap(views::find)
        .filter(agent -> isVisible(caller, agent))
        .orElseThrow(() -> Refused.notFound(NOT_FOUND));
  }

  private static boolean isVisible(Caller caller, AgentView agent) {
    return AgentRule.permits(
        caller, new WorkspaceId(agent.workspaceId()), agent.visibility(), agent.ownerId());
  }

  /// The agent, for those who may change it.
  AgentView administered(Caller caller, String id) {
    var agent = find(caller, id);
    caller.administers(new WorkspaceId(agent.workspaceId()), NOT_FOUND);
    return agent;
  }

  @Transactional
  public AgentView create(WorkspaceAccess access, AgentFields fields) {
    Input.required("name", fields.name(), Limits.NAME);
    var checked = fields.asNew().checked();
    var at = placement(access.workspace(), Placement.NONE, fields);
    storage.make(access.workspace(), checked.bytes());
    quotas.agents(store.count(access.workspace()) + 1L);
    var agent = store.insert(access.workspace(), access.caller().user(), at, checked);
    store.launch(new AgentId(agent), LaunchSettings.of(fields));
    return told(agent, EventType.AGENT_CREATED);
  }

  @Transactional
  public AgentView update(Caller caller, String id, AgentFields fields) {
    var before = administered(caller, id);
    var agent = new AgentId(before.id());
    var checked = fields.checked();
    var at = store.lock(agent).orElseThrow(() -> Refused.notFound(NOT_FOUND));
    storage.change(
        new WorkspaceId(before.workspaceId()), checked.bytesBefore(before), checked.bytes());
    store.update(agent, placement(new WorkspaceId(before.workspaceId()), at, fields), checked);
    store.launch(agent, LaunchSettings.of(fields));
    if (fields.status() != null) {
      var status = Input.oneOf("status", fields.status(), STATUSES);
      store.overrideStatus(agent, OVERRIDES.contains(status) ? status : null);
    }
    return told(agent.value(), EventType.AGENT_UPDATED);
  }

  /// Lets the agent be given work, or not; what it runs goes on.
  @Transactional
  public AgentView setIntake(Caller caller, String id, String intake) {
    var before = administered(caller, id);
    var agent = new AgentId(before.id());
    if (intake.equals("open")) {
      storage.touch(new WorkspaceId(before.workspaceId()));
    }
    return store.setIntake(agent, intake)
        ? told(agent.value(), EventType.AGENT_UPDATED)
        : find(caller, id);
  }

  private Placement placement(WorkspaceId workspace, Placement before, AgentFields fields) {
    return before.with(
        runtime(workspace, fields.runtimeId()), fields.checkedProvider(), fields.labelsJson());
  }

  private @Nullable UUID runtime(WorkspaceId workspace, @Nullable String id) {
    if (id == null || id.isEmpty()) {
      return null;
    }
    return Input.lenientId(id)
        .filter(runtime -> store.hasRuntime(workspace, runtime))
        .orElseThrow(() -> Refused.badRequest("invalid runtime_id"));
  }

  @Transactional
  public void delete(Caller caller, String id) {
    var before = administered(caller, id);
    var agent = new AgentId(before.id());
    if (!store.lockForDelete(agent)) {
      throw Refused.notFound(NOT_FOUND);
    }
    tasks.cancelOpen(new Scope.OfAgent(agent), true, null);
    store.delete(agent);
    budgets.forget(agent);
    outbox.append(
        new WorkspaceId(before.workspaceId()),
        EventType.AGENT_DELETED,
        agent.value(),
        json.writeValueAsString(new Deleted(agent.value(), before.workspaceId())));
  }

  BudgetView budget(Caller caller, String id) {
    return budgets.of(find(caller, id).id());
  }

  @Transactional
  public BudgetView setBudget(Caller caller, String id, BudgetFields fields) {
    var agent = administered(caller, id);
    if (!store.keep(new AgentId(agent.id()))) {
      throw Refused.notFound(NOT_FOUND);
    }
    return budgets.set(new WorkspaceId(agent.workspaceId()), new AgentId(agent.id()), fields);
  }

  JsonNode skills(Caller caller, String id) {
    return json.readTree(find(caller, id).skills());
  }

  @Transactional
  public JsonNode replaceSkills(Caller caller, String id, Set<UUID> skills) {
    var before = administered(caller, id);
    var agent = new AgentId(before.id());
    var workspace = new WorkspaceId(before.workspaceId());
    var _ = store.lock(agent).orElseThrow(() -> Refused.notFound(NOT_FOUND));
    storage.touch(workspace);
    if (store.replaceSkills(agent, workspace, skills) != skills.size()) {
      throw Refused.invalid("skill_ids", "names a skill that the workspace does not have");
    }
    if (store.skillBytes(agent) > Limits.AGENT_SKILLS_BYTES) {
      throw Refused.invalid(
          "skill_ids",
          "have more than %d bytes of texts and files together"
              .formatted(Limits.AGENT_SKILLS_BYTES));
    }
    var brief = brief(agent.value());
    // The agent itself is there too, since it says who may see the event.
    var data = new LinkedHashMap<String, Object>();
    data.put("agent", brief);
    data.put("agent_id", agent.value());
    data.put("skills", json.readTree(brief.skills()));
    outbox.append(workspace, EventType.AGENT_UPDATED, agent.value(), json.writeValueAsString(data));
    return skills(caller, id);
  }

  /// The event shows skills without their contents: together they may be more than a record can
  /// hold.
  private AgentView told(UUID agent, EventType type) {
    var brief = brief(agent);
    outbox.append(
        new WorkspaceId(brief.workspaceId()),
        type,
        agent,
        json.writeValueAsString(Map.of("agent", brief)));
    return views.find(agent).orElseThrow(() -> Refused.notFound(NOT_FOUND));
  }

  private AgentView brief(UUID agent) {
    return views.byIds(List.of(agent)).stream()
        .findFirst()
        .orElseThrow(() -> Refused.notFound(NOT_FOUND));
  }

  private record Deleted(UUID agentId, UUID workspaceId) {}
}
