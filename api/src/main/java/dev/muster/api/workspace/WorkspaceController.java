package dev.muster.api.workspace;

import dev.muster.api.access.AccessTokens;
import dev.muster.api.access.Caller;
import dev.muster.api.access.Role;
import dev.muster.api.budget.BudgetFields;
import dev.muster.api.budget.BudgetView;
import dev.muster.api.edge.Created;
import dev.muster.api.edge.JsonBody;
import dev.muster.api.edge.Refused;
import java.util.List;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestMethod;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/// The routes of workspaces.
@RestController
@RequestMapping("/api/workspaces")
class WorkspaceController {
  private final Workspaces workspaces;
  private final WorkspaceStore store;
  private final AccessTokens tokens;

  WorkspaceController(Workspaces workspaces, WorkspaceStore store, AccessTokens tokens) {
    this.workspaces = workspaces;
    this.store = store;
    this.tokens = tokens;
  }

  @GetMapping({"", "/"})
  List<WorkspaceView> list(Caller caller) {
    return store.list(caller.workspaces());
  }

  /// A token that reaches one workspace makes no other.
  @PostMapping({"", "/"})
  @ResponseStatus(HttpStatus.CREATED)
  ResponseEntity<WorkspaceView> create(Caller caller, @JsonBody WorkspaceFields fields) {
    if (tokens.own(caller).workspaceId() != null) {
      throw Refused.forbidden();
    }
    var workspace = workspaces.create(caller, fields);
    return Created.at("/api/workspaces/" + workspace.id(), workspace);
  }

  @GetMapping("/{id}")
  WorkspaceView find(Caller caller, @PathVariable String id) {
    var workspace = Workspaces.id(id);
    caller.memberOf(workspace, Workspaces.NOT_FOUND);
    return workspaces.find(workspace);
  }

  @RequestMapping(
      path = "/{id}",
      method = {RequestMethod.PUT, RequestMethod.PATCH})
  WorkspaceView update(Caller caller, @PathVariable String id, @JsonBody WorkspaceFields fields) {
    var workspace = Workspaces.id(id);
    caller.administers(workspace, Workspaces.NOT_FOUND);
    return workspaces.update(workspace, fields);
  }

  @GetMapping("/{id}/budget")
  BudgetView budget(Caller caller, @PathVariable String id) {
    var workspace = Workspaces.id(id);
    caller.memberOf(workspace, Workspaces.NOT_FOUND);
    return workspaces.budget(workspace);
  }

  @PutMapping("/{id}/budget")
  BudgetView setBudget(Caller caller, @PathVariable String id, @JsonBody BudgetFields fields) {
    var workspace = Workspaces.id(id);
    caller.administers(workspace, Workspaces.NOT_FOUND);
    return workspaces.setBudget(workspace, fields);
  }

  @DeleteMapping("/{id}")
  @ResponseStatus(HttpStatus.NO_CONTENT)
  void delete(Caller caller, @PathVariable String id) {
    var workspace = Workspaces.id(id);
    if (caller.memberOf(workspace, Workspaces.NOT_FOUND) != Role.OWNER) {
      throw Refused.forbidden();
    }
    workspaces.delete(workspace);
  }
}
