package dev.muster.standalone;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.springframework.web.bind.annotation.RequestMethod;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;

/// Every route of the api with a good request for it: what the tests of bad input and of access go
/// through, so that a new route cannot be forgotten.
final class Routes {
  private Routes() {}

  /// A route and a good request, in which `{name}` stands for an id of [World].
  ///
  /// @param name method and pattern, as Spring knows them
  /// @param body null where none is read
  /// @param fields the body's fields with their types
  /// @param emptyError what `{}` is answered with; empty if it is a good request
  record Route(
      String name,
      String path,
      @org.jspecify.annotations.Nullable String body,
      Map<String, String> fields,
      String emptyError) {
    Route {
      fields = Map.copyOf(fields);
    }

    String method() {
      return name.substring(0, name.indexOf(' '));
    }

    String pattern() {
      return name.substring(name.indexOf(' ') + 1);
    }

    /// The path of a good request without its query.
    String pathOnly() {
      return path.contains("?") ? path.substring(0, path.indexOf('?')) : path;
    }
  }

  private static final String IN = "?workspace_id={workspace}";
  private static final String WORKSPACE =
      "name:text slug:text description:text context:text settings:object repos:array"
          + " issue_prefix:text";
  private static final String AGENT =
      "name:text runtime_id:text provider:text labels:object description:text instructions:text"
          + " avatar_url:text runtime_config:object visibility:text max_concurrent_tasks:number"
          + " tools:array triggers:array rate_per_minute:number timeout_seconds:number"
          + " idle_timeout_seconds:number model:text thinking_level:text"
          + " custom_env:object custom_args:array mcp_config:object";
  private static final String SKILL =
      "name:text description:text content:text config:object files:array";
  private static final String ISSUE =
      "title:text description:text status:text priority:text assignee_type:text assignee_id:text"
          + " due_date:text";

  private static final String SCHEDULE =
      "title:text prompt:text agent_id:text provider:text labels:object priority:text"
          + " timeout_seconds:number idle_timeout_seconds:number concurrency_key:text"
          + " max_attempts:number cron:text time_zone:text every_seconds:number starts_at:text"
          + " at:text overlap:text catch_up:number jitter_seconds:number";

  static final List<Route> ALL =
      List.of(
          read("/health", "/health"),
          read("/ready", "/ready"),
          read("/metrics", "/metrics"),
          read("/ws", "/ws" + IN),
          read("/openapi.json", "/openapi.json"),
          read("/docs", "/docs"),
          read("/docs/asyncapi.yaml", "/docs/asyncapi.yaml"),
          read("/docs/schemas/{name}", "/docs/schemas/task.queued.json"),
          read("/docs/schemas/defs/{name}", "/docs/schemas/defs/task.json"),
          read("/login", "/login"),
          read("/oidc", "/oidc"),
          read("/oidc/sign-in", "/oidc/sign-in"),
          read("/oidc/callback", "/oidc/callback"),
          bare("POST /oidc/token", "/oidc/token"),
          bare("DELETE /oidc/token", "/oidc/token"),
          body(
              "POST /api/cli-token",
              "/api/cli-token",
              "{'cli_callback':'http://localhost:1234/callback','cli_state':'0123456789abcdef'}",
              "cli_callback:text cli_state:text",
              "cli_callback is required"),
          read("/api/me", "/api/me"),
          read("/api/tokens", "/api/tokens"),
          body(
              "POST /api/tokens",
              "/api/tokens",
              "{'name':'n','workspace_id':'{workspace}'}",
              "name:text expires_in_days:number scope:text workspace_id:text",
              "name is required"),
          bare("POST /api/tokens/current/renew", "/api/tokens/current/renew"),
          bare("DELETE /api/tokens/{id}", "/api/tokens/{token}"),
          read("/api/workspaces", "/api/workspaces"),
          body(
              "POST /api/workspaces",
              "/api/workspaces",
              "{'name':'n','slug':'slug-{workspace}'}",
              WORKSPACE,
              "name and slug are required"),
          read("/api/workspaces/{id}", "/api/workspaces/{workspace}"),
          body(
              "PUT /api/workspaces/{id}",
              "/api/workspaces/{workspace}",
              "{'name':'m'}",
              WORKSPACE.replace(" slug:text", ""),
              ""),
          body(
              "PATCH /api/workspaces/{id}",
              "/api/workspaces/{workspace}",
              "{'name':'m'}",
              WORKSPACE.replace(" slug:text", ""),
              ""),
          read("/api/workspaces/{id}/budget", "/api/workspaces/{workspace}/budget"),
          body(
              "PUT /api/workspaces/{id}/budget",
              "/api/workspaces/{workspace}/budget",
              "{'tokens_per_day':1000}",
              "tokens_per_day:number",
              "tokens_per_day is required"),
          bare("DELETE /api/workspaces/{id}", "/api/workspaces/{workspace}"),
          read("/api/workspaces/{id}/events", "/api/workspaces/{workspace}/events?after=0&limit=5"),
          read("/api/workspaces/{id}/stats", "/api/workspaces/{workspace}/stats?range=24h"),
          read("/api/workspaces/{id}/usage", "/api/workspaces/{workspace}/usage?by=agent"),
          read("/api/workspaces/{id}/snapshot", "/api/workspaces/{workspace}/snapshot"),
          read("/api/workspaces/{id}/storage", "/api/workspaces/{workspace}/storage"),
          read("/api/workspaces/{id}/members", "/api/workspaces/{workspace}/members"),
          body(
              "POST /api/workspaces/{id}/members",
              "/api/workspaces/{workspace}/members",
              "{'email':'{workspace}@x'}",
              "email:text role:text",
              "email is required"),
          body(
              "PATCH /api/workspaces/{id}/members/{memberId}",
              "/api/workspaces/{workspace}/members/{member}",
              "{'role':'admin'}",
              "role:text",
              "role must be one of owner, admin, member"),
          bare(
              "DELETE /api/workspaces/{id}/members/{memberId}",
              "/api/workspaces/{workspace}/members/{member}"),
          bare(
              "POST /api/workspaces/{id}/members/{memberId}/invitation",
              "/api/workspaces/{workspace}/members/{member}/invitation"),
          bare("POST /api/workspaces/{id}/leave", "/api/workspaces/{workspace}/leave"),
          body(
              "POST /api/workspaces/{id}/service-tokens",
              "/api/workspaces/{workspace}/service-tokens",
              "{'name':'d','scope':'daemon'}",
              "name:text scope:text expires_in_days:number",
              "name is required"),
          read("/api/workspaces/{id}/service-tokens", "/api/workspaces/{workspace}/service-tokens"),
          bare(
              "DELETE /api/workspaces/{id}/service-tokens/{token}",
              "/api/workspaces/{workspace}/service-tokens/{service_token}"),
          bare(
              "POST /api/workspaces/{id}/service-tokens/{token}/rotate",
              "/api/workspaces/{workspace}/service-tokens/{service_token}/rotate"),
          read("/api/workspaces/{id}/token-audit", "/api/workspaces/{workspace}/token-audit"),
          read("/api/workspaces/{id}/audit-log", "/api/workspaces/{workspace}/audit-log"),
          read("/api/daemon/workspaces", "/api/daemon/workspaces"),
          read("/api/daemon/workspaces/{id}/repos", "/api/daemon/workspaces/{workspace}/repos"),
          read(
              "/api/daemon/workspaces/{id}/runtime-profiles",
              "/api/daemon/workspaces/{workspace}/runtime-profiles"),
          body(
              "POST /api/daemon/workspaces/{id}/issues/gc-check",
              "/api/daemon/workspaces/{workspace}/issues/gc-check",
              "{'issue_ids':['{issue}']}",
              "issue_ids:array",
              ""),
          read("/api/daemon/issues/{id}/gc-check", "/api/daemon/issues/{issue}/gc-check"),
          read("/api/daemon/tasks/{id}/gc-check", "/api/daemon/tasks/{running}/gc-check"),
          bare(
              "POST /api/daemon/runtimes/{runtime}/tasks/{id}/prepare-lease",
              "/api/daemon/runtimes/{runtime}/tasks/{dispatched}/prepare-lease"),
          read("/api/daemon/ws", "/api/daemon/ws?runtime_ids={runtime}"),
          read("/api/runtimes", "/api/runtimes" + IN),
          bare("DELETE /api/runtimes/{id}", "/api/runtimes/{spare}"),
          read("/api/runtimes/{id}/usage", "/api/runtimes/{runtime}/usage?days=3"),
          read("/api/runtimes/{id}/activity", "/api/runtimes/{runtime}/activity"),
          bare("POST /api/runtimes/{id}/ping", "/api/runtimes/{runtime}/ping"),
          read("/api/runtimes/{id}/ping/{ping}", "/api/runtimes/{runtime}/ping/{ping}"),
          read("/api/agents", "/api/agents" + IN),
          body(
              "POST /api/agents",
              "/api/agents" + IN,
              "{'name':'a','runtime_id':'{runtime}'}",
              AGENT,
              "name is required"),
          read("/api/agents/{id}", "/api/agents/{agent}"),
          body(
              "PUT /api/agents/{id}",
              "/api/agents/{agent}",
              "{'name':'b'}",
              AGENT + " status:text",
              ""),
          bare("DELETE /api/agents/{id}", "/api/agents/{agent}"),
          read("/api/agents/{id}/tasks", "/api/agents/{agent}/tasks"),
          read("/api/agents/{id}/launch", "/api/agents/{agent}/launch"),
          read("/api/agents/{id}/budget", "/api/agents/{agent}/budget"),
          body(
              "PUT /api/agents/{id}/budget",
              "/api/agents/{agent}/budget",
              "{'tokens_per_day':1000}",
              "tokens_per_day:number",
              "tokens_per_day is required"),
          read("/api/agents/{id}/skills", "/api/agents/{agent}/skills"),
          body(
              "PUT /api/agents/{id}/skills",
              "/api/agents/{agent}/skills",
              "{'skill_ids':['{skill}']}",
              "skill_ids:array",
              ""),
          read("/api/skills", "/api/skills" + IN),
          body("POST /api/skills", "/api/skills" + IN, "{'name':'s'}", SKILL, "name is required"),
          read("/api/skills/{id}", "/api/skills/{skill}"),
          body("PUT /api/skills/{id}", "/api/skills/{skill}", "{'name':'renamed'}", SKILL, ""),
          bare("DELETE /api/skills/{id}", "/api/skills/{skill}"),
          read("/api/skills/{id}/files", "/api/skills/{skill}/files"),
          body(
              "PUT /api/skills/{id}/files",
              "/api/skills/{skill}/files",
              "{'path':'b.md','content':'B'}",
              "path:text content:text",
              "invalid file path: "),
          bare("DELETE /api/skills/{id}/files/{fileId}", "/api/skills/{skill}/files/{file}"),
          read("/api/issues", "/api/issues" + IN + "&ids={issue}"),
          body(
              "POST /api/issues",
              "/api/issues" + IN,
              "{'title':'t'}",
              ISSUE + " parent_issue_id:text",
              "title is required"),
          read("/api/issues/{id}", "/api/issues/{issue}"),
          body(
              "PUT /api/issues/{id}",
              "/api/issues/{issue}",
              "{'title':'u'}",
              ISSUE + " position:number",
              ""),
          bare("DELETE /api/issues/{id}", "/api/issues/{issue}"),
          read("/api/issues/search", "/api/issues/search" + IN + "&q=work"),
          read("/api/issues/{id}/children", "/api/issues/{issue}/children"),
          read("/api/issues/{id}/task-runs", "/api/issues/{issue}/task-runs"),
          body(
              "POST /api/issues/{id}/rerun",
              "/api/issues/{queuedIssue}/rerun",
              "{'task_id':''}",
              "task_id:text",
              ""),
          read("/api/issues/{id}/metadata", "/api/issues/{issue}/metadata"),
          body(
              "PUT /api/issues/{id}/metadata/{key}",
              "/api/issues/{issue}/metadata/key",
              "{'value':7}",
              "",
              "value must be a text, a number, true or false"),
          bare("DELETE /api/issues/{id}/metadata/{key}", "/api/issues/{issue}/metadata/key"),
          bare("POST /api/upload-file", "/api/upload-file"),
          read("/api/squads", "/api/squads" + IN),
          read("/api/issues/{id}/comments", "/api/issues/{issue}/comments"),
          body(
              "POST /api/issues/{id}/comments",
              "/api/issues/{issue}/comments",
              "{'content':'c'}",
              "content:text type:text parent_id:text",
              "content is required"),
          body(
              "PUT /api/comments/{id}",
              "/api/comments/{comment}",
              "{'content':'d'}",
              "content:text",
              "content is required"),
          bare("DELETE /api/comments/{id}", "/api/comments/{comment}"),
          read("/api/tasks", "/api/tasks" + IN),
          body(
              "POST /api/tasks",
              "/api/tasks" + IN,
              "{'title':'t','agent_id':'{agent}'}",
              "title:text prompt:text agent_id:text provider:text labels:object priority:text"
                  + " run_after:text timeout_seconds:number idle_timeout_seconds:number"
                  + " concurrency_key:text max_attempts:number",
              "title is required"),
          read("/api/tasks/{id}", "/api/tasks/{running}"),
          bare("POST /api/tasks/{id}/cancel", "/api/tasks/{running}/cancel"),
          bare("POST /api/tasks/{id}/rerun", "/api/tasks/{done}/rerun"),
          bare("POST /api/tasks/{id}/redrive", "/api/tasks/{failed}/redrive"),
          read("/api/tasks/{id}/messages", "/api/tasks/{running}/messages"),
          read("/api/tasks/waiting", "/api/tasks/waiting" + IN),
          read("/api/schedules", "/api/schedules" + IN),
          body(
              "POST /api/schedules",
              "/api/schedules" + IN,
              "{'title':'t','agent_id':'{agent}','every_seconds':86400}",
              SCHEDULE,
              "title is required"),
          read("/api/schedules/{id}", "/api/schedules/{schedule}"),
          body(
              "PATCH /api/schedules/{id}",
              "/api/schedules/{schedule}",
              "{'title':'u'}",
              SCHEDULE,
              ""),
          bare("DELETE /api/schedules/{id}", "/api/schedules/{schedule}"),
          bare("POST /api/schedules/{id}/pause", "/api/schedules/{schedule}/pause"),
          bare("POST /api/schedules/{id}/resume", "/api/schedules/{schedule}/resume"),
          bare("POST /api/schedules/{id}/run", "/api/schedules/{schedule}/run"),
          read("/api/webhooks", "/api/webhooks" + IN),
          body(
              "POST /api/webhooks",
              "/api/webhooks" + IN,
              "{'name':'n','url':'http://localhost:9/','events':['task.*'],'enabled':false}",
              "name:text url:text events:array enabled:flag",
              "name is required"),
          read("/api/webhooks/{id}", "/api/webhooks/{webhook}"),
          body(
              "PATCH /api/webhooks/{id}",
              "/api/webhooks/{webhook}",
              "{'name':'m'}",
              "name:text url:text events:array enabled:flag",
              ""),
          bare("DELETE /api/webhooks/{id}", "/api/webhooks/{webhook}"),
          body(
              "POST /api/webhooks/{id}/rotate",
              "/api/webhooks/{webhook}/rotate",
              "{'keep_seconds':60}",
              "keep_seconds:number",
              ""),
          read("/api/webhooks/{id}/deliveries", "/api/webhooks/{webhook}/deliveries"),
          body(
              "POST /api/webhooks/{id}/redrive",
              "/api/webhooks/{webhook}/redrive",
              "{'positions':[1]}",
              "positions:array",
              ""),
          read("/api/dead-letters", "/api/dead-letters" + IN),
          body(
              "POST /api/dead-letters/redrive",
              "/api/dead-letters/redrive" + IN,
              "{'agent_id':'{agent}'}",
              "agent_id:text runtime_id:text failure_reason:text limit:number",
              ""),
          bare("POST /api/agents/{id}/pause", "/api/agents/{agent}/pause"),
          bare("POST /api/agents/{id}/drain", "/api/agents/{agent}/drain"),
          bare("POST /api/agents/{id}/resume", "/api/agents/{agent}/resume"),
          body(
              "PATCH /api/runtimes/{id}",
              "/api/runtimes/{runtime}",
              "{'name':'New name'}",
              "name:text",
              ""),
          bare("POST /api/runtimes/{id}/pause", "/api/runtimes/{runtime}/pause"),
          bare("POST /api/runtimes/{id}/drain", "/api/runtimes/{runtime}/drain"),
          bare("POST /api/runtimes/{id}/resume", "/api/runtimes/{runtime}/resume"),
          bare("POST /api/daemon/runtimes/{id}/drain", "/api/daemon/runtimes/{runtime}/drain"),
          bare("POST /api/daemon/runtimes/{id}/resume", "/api/daemon/runtimes/{runtime}/resume"),
          body(
              "POST /api/daemon/tasks/claim",
              "/api/daemon/tasks/claim",
              "{'daemon_id':'dm1','runtime_ids':['{runtime}'],'max_tasks':1}",
              "daemon_id:text runtime_ids:array max_tasks:number",
              ""),
          body(
              "POST /api/daemon/claim",
              "/api/daemon/claim",
              "{'daemon_id':'dm1','runtime_ids':['{runtime}'],'max_tasks':1}",
              "daemon_id:text runtime_ids:array max_tasks:number",
              ""),
          bare("POST /api/daemon/tasks/{id}/prepare", "/api/daemon/tasks/{dispatched}/prepare"),
          bare(
              "POST /api/daemon/tasks/{id}/wait-local-directory",
              "/api/daemon/tasks/{dispatched}/wait-local-directory"),
          bare("POST /api/daemon/tasks/{id}/cancel-ack", "/api/daemon/tasks/{done}/cancel-ack"),
          body(
              "POST /api/daemon/tasks/{id}/session",
              "/api/daemon/tasks/{running}/session",
              "{'session_id':'s'}",
              "session_id:cut work_dir:cut",
              ""),
          body(
              "POST /api/daemon/tasks/{id}/usage",
              "/api/daemon/tasks/{running}/usage",
              "{'usage':[{'provider':'p','model':'m','input_tokens':1}]}",
              "usage:array",
              ""),
          body(
              "POST /api/daemon/tasks/{id}/messages",
              "/api/daemon/tasks/{running}/messages",
              "{'messages':[{'seq':1,'type':'text','content':'c'}]}",
              "messages:array",
              ""),
          read("/api/daemon/tasks/{id}/messages", "/api/daemon/tasks/{running}/messages"),
          body(
              "POST /api/daemon/register",
              "/api/daemon/register",
              "{'workspace_id':'{workspace}','daemon_id':'d2','runtimes':[{'type':'codex'}]}",
              "workspace_id:text daemon_id:text device_name:text runtimes:array process_id:text"
                  + " cli_version:text legacy_daemon_ids:array",
              "daemon_id is required"),
          body(
              "POST /api/daemon/deregister",
              "/api/daemon/deregister",
              "{'runtime_ids':['{runtime}']}",
              "runtime_ids:array",
              "runtime_ids is required"),
          body(
              "POST /api/daemon/heartbeat",
              "/api/daemon/heartbeat",
              "{'runtime_id':'{runtime}'}",
              "runtime_id:text process_id:text running_tasks:array running_task_ids:array",
              "runtime_id is required"),
          bare(
              "POST /api/daemon/runtimes/{id}/tasks/claim",
              "/api/daemon/runtimes/{runtime}/tasks/claim"),
          read(
              "/api/daemon/runtimes/{id}/tasks/pending",
              "/api/daemon/runtimes/{runtime}/tasks/pending"),
          bare("POST /api/daemon/tasks/{id}/start", "/api/daemon/tasks/{dispatched}/start"),
          body(
              "POST /api/daemon/tasks/{id}/progress",
              "/api/daemon/tasks/{running}/progress",
              "{'summary':'s','step':1,'total':2}",
              "summary:cut step:number total:number",
              ""),
          body(
              "POST /api/daemon/tasks/{id}/complete",
              "/api/daemon/tasks/{running}/complete",
              "{'output':'o'}",
              "output:cut pr_url:cut session_id:cut work_dir:cut claim_next:flag",
              ""),
          body(
              "POST /api/daemon/tasks/{id}/fail",
              "/api/daemon/tasks/{running}/fail",
              "{'error':'e'}",
              "error:cut failure_reason:cut session_id:cut work_dir:cut claim_next:flag",
              ""),
          read("/api/daemon/tasks/{id}/status", "/api/daemon/tasks/{running}/status"),
          body(
              "POST /api/daemon/runtimes/{id}/usage",
              "/api/daemon/runtimes/{runtime}/usage",
              "{'entries':[{'date':'2026-01-01','provider':'p','model':'m','input_tokens':1}]}",
              "entries:array",
              ""),
          body(
              "POST /api/daemon/runtimes/{id}/ping/{ping}/result",
              "/api/daemon/runtimes/{runtime}/ping/{ping}/result",
              "{'status':'completed','output':'o'}",
              "status:cut output:cut error:cut duration_ms:number",
              ""),
          bare("POST /api/daemon/tasks/{id}/release", "/api/daemon/tasks/{dispatched}/release"),
          bare(
              "POST /api/daemon/runtimes/{id}/recover-orphans",
              "/api/daemon/runtimes/{runtime}/recover-orphans"));

  private static Route read(String pattern, String path) {
    return bare("GET " + pattern, path);
  }

  private static Route bare(String name, String path) {
    return new Route(name, path, null, Map.of(), "");
  }

  private static Route body(
      String name, String path, String body, String fields, String emptyError) {
    var types = new LinkedHashMap<String, String>();
    Arrays.stream(fields.split(" ", -1))
        .filter(field -> !field.isEmpty())
        .map(field -> field.split(":", 2))
        .forEach(field -> types.put(field[0], field[1]));
    return new Route(name, path, body.replace('\'', '"'), types, emptyError);
  }

  /// The routes that have a body.
  static List<Route> withBody() {
    return ALL.stream().filter(route -> route.body() != null).toList();
  }

  static Route named(String name) {
    return ALL.stream().filter(route -> route.name().equals(name)).findFirst().orElseThrow();
  }

  /// What Spring has, as the table names it: the same with a slash at its end is the same.
  static Set<String> ofProduct(TestMuster muster) {
    var mapping =
        muster.apiBean("requestMappingHandlerMapping", RequestMappingHandlerMapping.class);
    var names = new TreeSet<String>();
    for (var info : mapping.getHandlerMethods().keySet()) {
      var methods =
          info.getMethodsCondition().getMethods().isEmpty()
              ? Set.of("ANY")
              : info.getMethodsCondition().getMethods().stream()
                  .map(RequestMethod::name)
                  .collect(Collectors.toSet());
      for (var pattern : info.getPatternValues()) {
        methods.forEach(method -> names.add(method + " " + pattern.replaceFirst("(?<=.)/$", "")));
      }
    }
    return names;
  }
}
