package dev.muster.standalone;

import static org.awaitility.Awaitility.await;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;

/// A workspace with one of everything in it, and tasks in several states.
///
/// @param ids what is in it, by the names that the requests of [Routes] use
record World(TestMuster muster, Api api, UUID workspace, Map<String, String> ids) {
  /// What is compared: the rows that belong to the workspace, without what changes by itself.
  private static final Map<String, String> TABLES =
      Map.ofEntries(
          Map.entry("workspace", "id = :w"),
          Map.entry("member", "workspace_id = :w"),
          Map.entry("runtime", "workspace_id = :w"),
          Map.entry("agent", "workspace_id = :w"),
          Map.entry("budget", "workspace_id = :w"),
          Map.entry("runtime_spending", "workspace_id = :w"),
          Map.entry("skill", "workspace_id = :w"),
          Map.entry("skill_file", "skill_id IN (SELECT id FROM skill WHERE workspace_id = :w)"),
          Map.entry("agent_skill", "agent_id IN (SELECT id FROM agent WHERE workspace_id = :w)"),
          Map.entry("issue", "workspace_id = :w"),
          Map.entry("schedule", "workspace_id = :w"),
          Map.entry("webhook", "workspace_id = :w"),
          Map.entry("comment", "issue_id IN (SELECT id FROM issue WHERE workspace_id = :w)"),
          Map.entry("task", "workspace_id = :w"),
          Map.entry("task_message", "task_id IN (SELECT id FROM task WHERE workspace_id = :w)"),
          Map.entry("task_usage", "task_id IN (SELECT id FROM task WHERE workspace_id = :w)"),
          Map.entry("task_attempt", "task_id IN (SELECT id FROM task WHERE workspace_id = :w)"),
          Map.entry(
              "runtime_usage", "runtime_id IN (SELECT id FROM runtime WHERE workspace_id = :w)"),
          Map.entry(
              "runtime_ping", "runtime_id IN (SELECT id FROM runtime WHERE workspace_id = :w)"));

  /// Counted in all of the database: a refused request leaves nothing anywhere.
  private static final List<String> COUNTED = List.of("app_user", "workspace", "access_token");

  static World create(TestMuster muster, Api api) {
    var workspace = api.newWorkspace();
    var query = "?workspace_id=" + workspace;
    var ids = new TreeMap<String, String>();
    ids.put("workspace", workspace.toString());
    var runtime = api.person().newRuntime(workspace, "dm1", "claude", 10);
    ids.put("runtime", runtime.toString());
    ids.put("spare", api.newRuntime(workspace, "dm2", "spare", 1).toString());
    var agent = api.newAgent(workspace, runtime, 10);
    ids.put("agent", agent.toString());
    var skill =
        api.post(
                "/api/skills" + query,
                "{\"name\":\"Skill\",\"files\":[{\"path\":\"a.md\",\"content\":\"A\"}]}")
            .ok();
    ids.put("skill", Api.id(skill).toString());
    ids.put("file", Api.id(skill.get("files").get(0)).toString());
    for (var state : List.of("failed", "done", "running", "dispatched", "queued")) {
      ids.put(state + "Issue", api.newIssue(workspace, agent).toString());
      if (!state.equals("queued")) {
        ids.put(state, Api.id(api.claim(runtime)).toString());
      }
    }
    api.start(UUID.fromString(ids.get("running"))).ok();
    api.post("/api/daemon/tasks/" + ids.get("failed") + "/fail", "{\"error\":\"e\"}").ok();
    api.start(UUID.fromString(ids.get("done"))).ok();
    api.complete(UUID.fromString(ids.get("done")), "done").ok();
    ids.put("issue", ids.get("runningIssue"));
    var plain = Api.id(api.post("/api/issues" + query, "{\"title\":\"Plain\"}").ok());
    var comment = api.post("/api/issues/" + plain + "/comments", "{\"content\":\"c\"}");
    ids.put("comment", Api.id(comment.ok()).toString());
    var email = "\"%s@test\"".formatted(UUID.randomUUID());
    var member = api.post("/api/workspaces/" + workspace + "/members", "{\"email\":" + email + "}");
    ids.put("member", Api.id(member.ok()).toString());
    ids.put("token", Api.id(api.post("/api/tokens", "{\"name\":\"t\"}").ok()).toString());
    var service =
        api.post(
            "/api/workspaces/" + workspace + "/service-tokens",
            "{\"name\":\"s\",\"scope\":\"daemon\"}");
    ids.put("service_token", Api.id(service.ok()).toString());
    var schedule =
        api.post(
            "/api/schedules" + query,
            "{\"title\":\"s\",\"agent_id\":\"%s\",\"cron\":\"0 0 1 1 *\"}".formatted(agent));
    ids.put("schedule", Api.id(schedule.ok()).toString());
    var webhook =
        api.post(
            "/api/webhooks" + query,
            "{\"name\":\"w\",\"url\":\"http://localhost:9/\",\"events\":[\"*\"],\"enabled\":false}");
    ids.put("webhook", Api.id(webhook.ok()).toString());
    ids.put("ping", api.post("/api/runtimes/" + runtime + "/ping", "{}").ok().get("id").asString());
    var world = new World(muster, api, workspace, ids);
    world.awaitSettled();
    return world;
  }

  void awaitSettled() {
    await().until(this::isSettled);
  }

  /// Whether the dispatcher has done what it will do.
  private boolean isSettled() {
    return muster
        .db()
        .sql(
            "SELECT count(*) FROM task WHERE workspace_id = :w AND assigned_at IS NULL AND status ="
                + " 'queued' AND pinned")
        .param("w", workspace)
        .query(Long.class)
        .single()
        .equals(0L);
  }

  /// The text with each `{name}` replaced by the id of that name.
  String fill(String text) {
    var filled = text;
    for (var id : ids.entrySet()) {
      filled = filled.replace("{" + id.getKey() + "}", id.getValue());
    }
    return filled;
  }

  /// What there is: the same before and after a request that was refused.
  Map<String, String> kept() {
    // On a slow machine its daemon would be gone, or deaf, by when the test has looked twice.
    muster
        .db()
        .sql(
            """
            UPDATE runtime_liveness SET last_seen_at = now() + interval '1 hour', last_claim_at = now() + interval '1 hour'
             WHERE runtime_id IN (SELECT id FROM runtime WHERE workspace_id = :w)
            """)
        .param("w", workspace)
        .update();
    var rows =
        TABLES.entrySet().stream()
            .map(table ->
                """
                SELECT '%s' AS name, count(*) || ' ' || md5(coalesce(string_agg(t::text, ',' ORDER BY t::text), '')) AS is
                  FROM %s t WHERE %s
                """
                    .formatted(table.getKey(), table.getKey(), table.getValue()));
    var counts =
        COUNTED.stream()
            .map(table -> "SELECT 'all ' || '%s', count(*)::text FROM %s".formatted(table, table));
    var feed =
        """
        SELECT 'feed', (SELECT count(*) FROM outbox WHERE workspace_id = :w)
                       + (SELECT count(*) FROM event_log WHERE workspace_id = :w) || ' events'
        """;
    var sql =
        java.util.stream.Stream.of(rows, counts, java.util.stream.Stream.of(feed))
            .flatMap(part -> part)
            .collect(Collectors.joining(" UNION ALL "));
    var kept = new TreeMap<String, String>();
    muster
        .db()
        .sql(sql)
        .param("w", workspace)
        .query((row, _) -> Map.entry(row.getString(1), row.getString(2)))
        .list()
        .forEach(entry -> kept.put(entry.getKey(), entry.getValue()));
    return kept;
  }
}
