package dev.muster.client;

import tools.jackson.databind.JsonNode;

/// A task as its claim hands it out.
///
/// @param priorSessionId empty if there is none
/// @param priorWorkDir empty if there is none
/// @param json everything the server said
public record ClaimedTask(
    Claim claim,
    int attempt,
    String title,
    String prompt,
    String agentName,
    String priorSessionId,
    String priorWorkDir,
    JsonNode json) {

  static ClaimedTask of(JsonNode task) {
    return new ClaimedTask(
        new Claim(
            Json.text(task, "id"),
            task.path("claim_generation").asLong(0),
            Json.text(task, "traceparent")),
        task.path("attempt").asInt(1),
        Json.text(task, "title"),
        Json.text(task, "prompt"),
        Json.text(task.path("agent"), "name"),
        Json.text(task, "prior_session_id"),
        Json.text(task, "prior_work_dir"),
        task);
  }
}
