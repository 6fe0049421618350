package dev.muster.api.workspace;

import dev.muster.api.access.Caller;
import dev.muster.api.access.Callers;
import dev.muster.api.access.Role;
import dev.muster.api.budget.BudgetFields;
import dev.muster.api.budget.BudgetView;
import dev.muster.api.budget.Budgets;
import dev.muster.api.edge.Input;
import dev.muster.api.edge.Limits;
import dev.muster.api.edge.Refused;
import dev.muster.api.storage.StorageQuota;
import dev.muster.events.EventType;
import dev.muster.events.feed.Outbox;
import dev.muster.events.id.WorkspaceId;
import dev.muster.tasks.command.TaskCommand.Scope;
import dev.muster.tasks.lane.Tasks;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;
import tools.jackson.databind.json.JsonMapper;

/// What can be done to a workspace.
@Component
class Workspaces {
  private static final Pattern SLUG = Pattern.compile("[\\p{L}\\p{N}]+([-_.][\\p{L}\\p{N}]+)*");

  static final String NOT_FOUND = "workspace not found";

  private final WorkspaceStore store;
  private final Members members;
  private final Tasks tasks;
  private final Outbox outbox;
  private final Callers callers;
  private final Budgets budgets;
  private final JsonMapper json;
  private final StorageQuota storage;

  Workspaces(
      WorkspaceStore store,
      Members members,
      Tasks tasks,
      Outbox outbox,
      Callers callers,
      Budgets budgets,
      JsonMapper json,
      StorageQuota storage) {
    this.storage = storage;
    this.store = store;
    this.members = members;
    this.tasks = tasks;
    this.outbox = outbox;
    this.callers = callers;
    this.budgets = budgets;
    this.json = json;
  }

  /// The id in a path; one that is malformed names nothing.
  static WorkspaceId id(String text) {
    return Input.lenientId(text)
        .map(WorkspaceId::new)
        .orElseThrow(() -> Refused.notFound(NOT_FOUND));
  }

  @Transactional
  public WorkspaceView create(Caller caller, WorkspaceFields fields) {
    if (isMissing(fields.name()) || isMissing(fields.slug())) {
      throw Refused.badRequest("name and slug are required");
    }
    var name = Input.required("name", fields.name(), Limits.NAME);
    var slug = Input.required("slug", fields.slug(), Limits.NAME);
    if (!SLUG.matcher(slug).matches() || Input.lenientId(slug).isPresent()) {
      throw Refused.invalid(
          "slug", "must be letters and digits, joined by single -, _ or ., and not be a UUID");
    }
    var prefix = fields.prefix();
    var workspace =
        store
            .insert(
                name, slug, prefix == null ? WorkspaceFields.defaultPrefix(name) : prefix, fields)
            .orElseThrow(() -> Refused.conflict("workspace slug already exists"));
    members.join(workspace, name, caller.user(), Role.OWNER);
    return find(workspace);
  }

  private static boolean isMissing(@Nullable String text) {
    return text == null || text.isBlank();
  }

  WorkspaceView find(WorkspaceId workspace) {
    return store.find(workspace).orElseThrow(() -> Refused.notFound(NOT_FOUND));
  }

  @Transactional
  public WorkspaceView update(WorkspaceId workspace, WorkspaceFields fields) {
    var name = fields.name() == null ? null : Input.required("name", fields.name(), Limits.NAME);
    if (fields.slug() != null && !fields.slug().equals(find(workspace).slug())) {
      throw Refused.invalid("slug", "cannot be changed");
    }
    storage.touch(workspace);
    if (!store.update(workspace, name, fields)) {
      throw Refused.notFound(NOT_FOUND);
    }
    var updated = find(workspace);
    outbox.append(
        workspace,
        EventType.WORKSPACE_UPDATED,
        workspace.value(),
        json.writeValueAsString(Map.of("workspace", updated)));
    return updated;
  }

  BudgetView budget(WorkspaceId workspace) {
    return budgets.of(workspace.value());
  }

  @Transactional
  public BudgetView setBudget(WorkspaceId workspace, BudgetFields fields) {
    if (!store.keep(workspace)) {
      throw Refused.notFound(NOT_FOUND);
    }
    return budgets.set(workspace, null, fields);
  }

  @Transactional
  public void delete(WorkspaceId workspace) {
    tasks.cancelOpen(new Scope.OfWorkspace(workspace), true, null);
    if (!store.delete(workspace)) {
      throw Refused.notFound(NOT_FOUND);
    }
    budgets.forget(workspace);
    outbox.append(
        workspace,
        EventType.WORKSPACE_DELETED,
        workspace.value(),
        json.writeValueAsString(Map.of("workspace_id", workspace.value())));
    Outbox.afterCommit(callers::forget);
  }
}
