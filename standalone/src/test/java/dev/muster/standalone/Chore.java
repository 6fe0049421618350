package dev.muster.standalone;

import java.util.Optional;
import java.util.UUID;
import tools.jackson.databind.JsonNode;

/// How somebody gives an agent something to do.
@FunctionalInterface
interface Chore {
  /// A task without anything around it.
  Chore TASK =
      (api, workspace, agent) ->
          made(api.post(
                  "/api/tasks?workspace_id=" + workspace,
                  "{\"title\":\"Work\",\"agent_id\":\"%s\"}".formatted(agent)))
              .map(Api::id);

  /// Returns the task that was made; empty, as if there were no answer, if nobody can say whether
  /// one was.
  Optional<UUID> give(Api api, UUID workspace, UUID agent);

  /// What was made, unless the server could not say.
  static Optional<JsonNode> made(Api.Answer answer) {
    return answer.status() < 500 ? Optional.of(answer.ok()) : Optional.empty();
  }
}
