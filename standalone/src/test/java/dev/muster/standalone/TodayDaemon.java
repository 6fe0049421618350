package dev.muster.standalone;

import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.StreamSupport;
import tools.jackson.databind.JsonNode;

/// Multica's daemon of 2026-08, call by call: its headers, its bodies, one claim over all its
/// runtimes. It does by itself nothing that a test does not ask for.
///
/// @param runtime the one runtime it has
record TodayDaemon(Api api, UUID workspace, String id, UUID runtime) {
  private static final String[] HEADERS = {
    "X-Client-Platform",
    "daemon",
    "X-Client-Version",
    "0.9.99",
    "X-Client-OS",
    "linux",
    "X-Client-Capabilities",
    "skill-bundles-v1,coalesced-comments-v1,rpc-v1"
  };

  /// Registers for the first time in its process, and says so.
  static TodayDaemon start(Api api, UUID workspace, String id) {
    var daemon = register(api, workspace, id);
    daemon.recoverOrphans();
    return daemon;
  }

  static TodayDaemon register(Api api, UUID workspace, String id) {
    var body =
        """
        {"workspace_id":"%s","daemon_id":"%s","legacy_daemon_ids":["vm","vm.local"],"device_name":"dev",
         "cli_version":"0.9.99","launched_by":"","failed_profiles":null,
         "runtimes":[{"name":"Claude (dev)","type":"claude","version":"9.9.9 (Fake Claude)","status":"online"}]}
        """
            .formatted(workspace, id);
    var runtimes = api.post("/api/daemon/register", body, HEADERS).ok().get("runtimes");
    return new TodayDaemon(api, workspace, id, Api.id(runtimes.get(0)));
  }

  void recoverOrphans() {
    api.post("/api/daemon/runtimes/%s/recover-orphans".formatted(runtime), "{}", HEADERS).ok();
  }

  Api.Answer post(String path, String body) {
    return api.post(path, body, HEADERS);
  }

  Api.Answer deregister() {
    return post("/api/daemon/deregister", "{\"runtime_ids\":[\"%s\"]}".formatted(runtime));
  }

  Api.Answer heartbeat() {
    return post(
        "/api/daemon/heartbeat",
        "{\"runtime_id\":\"%s\",\"supports_batch_import\":true}".formatted(runtime));
  }

  /// What a claim for this many free slots is answered.
  List<JsonNode> claim(int freeSlots) {
    return claim(freeSlots, "\"" + runtime + "\"");
  }

  List<JsonNode> claim(int freeSlots, String runtimes) {
    var body =
        "{\"daemon_id\":\"%s\",\"max_tasks\":%d,\"runtime_ids\":[%s]}"
            .formatted(id, freeSlots, runtimes);
    var tasks = new ArrayList<JsonNode>();
    StreamSupport.stream(
            post("/api/daemon/tasks/claim", body).ok().get("tasks").spliterator(), false)
        .forEach(tasks::add);
    return tasks;
  }

  /// The one task that waits.
  JsonNode claimOne() {
    return claim(1).getFirst();
  }

  /// The next task, as soon as it may be claimed: an answer that a test need not ask for again.
  JsonNode claimSoon() {
    var body =
        "{\"daemon_id\":\"%s\",\"max_tasks\":1,\"runtime_ids\":[\"%s\"]}".formatted(id, runtime);
    return api.post(
            "/api/daemon/tasks/claim", body, "X-Client-Platform", "daemon", "Prefer", "wait=20")
        .ok()
        .get("tasks")
        .get(0);
  }

  /// Claims the one task that waits, and begins it.
  JsonNode claimAndStart() {
    var task = claimOne();
    start(Api.id(task)).ok();
    return task;
  }

  Api.Answer start(UUID attempt) {
    return write(attempt, "start", "{}");
  }

  Api.Answer session(UUID attempt, String session, String workDir) {
    return write(
        attempt,
        "session",
        "{\"session_id\":\"%s\",\"work_dir\":\"%s\"}".formatted(session, workDir));
  }

  Api.Answer complete(UUID attempt, String output) {
    return write(attempt, "complete", "{\"output\":\"%s\"}".formatted(output));
  }

  Api.Answer fail(UUID attempt, String error, String reason) {
    return write(
        attempt, "fail", "{\"error\":\"%s\",\"failure_reason\":\"%s\"}".formatted(error, reason));
  }

  /// A write about a task, by the id that the claim gave it.
  Api.Answer write(UUID attempt, String verb, String body) {
    return post("/api/daemon/tasks/%s/%s".formatted(attempt, verb), body);
  }

  String status(UUID attempt) {
    return api.send("GET", "/api/daemon/tasks/%s/status".formatted(attempt), null, HEADERS)
        .ok()
        .get("status")
        .asString();
  }

  /// The api as the agent of a claimed task uses it.
  Api agent(JsonNode task) {
    return api.as(task.get("auth_token").asString());
  }

  static UUID taskOf(JsonNode claimed) {
    return UUID.fromString(claimed.get("task_id").asString());
  }
}
