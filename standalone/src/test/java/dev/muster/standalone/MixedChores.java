package dev.muster.standalone;

import java.util.Optional;
import java.util.UUID;
import java.util.random.RandomGenerator;

/// Everything that sets an agent to work: a plain task, an issue that is given to it, and a comment
/// on an issue that it has and has not begun.
///
/// @param random owned by the one thread at a time that makes tasks
record MixedChores(RandomGenerator random) implements Chore {
  /// So that a plain task ends as planned, however often it is lost. Those of issues have two
  /// attempts, and nobody can say otherwise.
  private static final int ATTEMPTS = 20;

  @Override
  public Optional<UUID> give(Api api, UUID workspace, UUID agent) {
    var title = Plan.any(random).title();
    return switch (random.nextInt(3)) {
      case 0 -> task(api, workspace, agent, title);
      case 1 ->
          issue(api, workspace, agent, title, ",\"status\":\"todo\"").flatMap(i -> run(api, i));
      default ->
          issue(api, workspace, agent, title, "")
              .flatMap(issue -> comment(api, issue).flatMap(_ -> run(api, issue)));
    };
  }

  private static Optional<UUID> task(Api api, UUID workspace, UUID agent, String title) {
    return Chore.made(
            api.post(
                "/api/tasks?workspace_id=" + workspace,
                "{\"title\":\"%s\",\"agent_id\":\"%s\",\"max_attempts\":%d}"
                    .formatted(title, agent, ATTEMPTS)))
        .map(Api::id);
  }

  private static Optional<UUID> issue(
      Api api, UUID workspace, UUID agent, String title, String more) {
    return Chore.made(
            api.post(
                "/api/issues?workspace_id=" + workspace,
                "{\"title\":\"%s\",\"assignee_type\":\"agent\",\"assignee_id\":\"%s\"%s}"
                    .formatted(title, agent, more)))
        .map(Api::id);
  }

  private static Optional<UUID> comment(Api api, UUID issue) {
    return Chore.made(
            api.post("/api/issues/%s/comments".formatted(issue), "{\"content\":\"Do it\"}"))
        .map(Api::id);
  }

  /// The issue's run.
  private static Optional<UUID> run(Api api, UUID issue) {
    return Chore.made(api.get("/api/issues/%s/task-runs".formatted(issue)))
        .map(runs -> Api.id(runs.get(0)));
  }
}
