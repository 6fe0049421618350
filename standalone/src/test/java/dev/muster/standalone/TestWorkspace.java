package dev.muster.standalone;

import java.util.List;
import java.util.UUID;
import java.util.stream.StreamSupport;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;

/// A workspace of a test's own, and what tests do in one.
record TestWorkspace(TestMuster muster, Api api, UUID id) {
  static TestWorkspace make() {
    var muster = TestMuster.get();
    return new TestWorkspace(muster, muster.api(), muster.api().newWorkspace());
  }

  UUID newTask(String body) {
    return Api.id(api.post("/api/tasks?workspace_id=" + id, body).ok());
  }

  /// A task for the agent.
  ///
  /// @param more further members, each with a comma before it
  UUID newTask(UUID agent, String more) {
    return newTask("{\"title\":\"Work\",\"agent_id\":\"%s\"%s}".formatted(agent, more));
  }

  UUID newAgent(UUID runtime, String more) {
    return Api.id(
        api.post(
                "/api/agents?workspace_id=" + id,
                "{\"name\":\"Agent\",\"runtime_id\":\"%s\"%s}".formatted(runtime, more))
            .ok());
  }

  JsonNode task(UUID task) {
    return api.get("/api/tasks/" + task).ok();
  }

  /// Why a task waits, in one word; empty if it does not.
  String waiting(UUID task) {
    var waiting = task(task).get("waiting");
    return waiting == null ? "" : waiting.get("reason").asString();
  }

  /// Sends a write about a task, by the claim of that generation.
  Api.Answer write(UUID task, String verb, long generation, String body) {
    return api.post(
        "/api/daemon/tasks/%s/%s".formatted(task, verb),
        body,
        "Claim-Generation",
        Long.toString(generation));
  }

  Api.Answer heartbeat(UUID runtime, String more) {
    return api.post("/api/daemon/heartbeat", "{\"runtime_id\":\"%s\"%s}".formatted(runtime, more));
  }

  /// Moves the hand of the clock: the deadline of the task has passed, if it is for that reason.
  /// Returns whether it was.
  boolean pass(UUID task, String reason) {
    return db().sql(
                "UPDATE task SET deadline_at = now() - interval '1 second' WHERE id = :id AND deadline_reason = :reason")
            .param("id", task)
            .param("reason", reason)
            .update()
        == 1;
  }

  /// The names of a task's events so far, once all of them are in Kafka.
  List<String> story(UUID task) {
    muster.feed().complete(muster, id);
    return muster.feed().story(id, task);
  }

  /// How often an event of that name is in the workspace's feed.
  long count(String event) {
    return muster.feed().of(id).stream().filter(e -> e.type().wire().equals(event)).count();
  }

  static List<String> texts(JsonNode array) {
    return StreamSupport.stream(array.spliterator(), false).map(JsonNode::asString).toList();
  }

  JdbcClient db() {
    return muster.db();
  }
}
