package dev.muster.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/// What has ended long ago goes, if somebody has set for how long it is kept, and nothing else
/// does.
class OldIssuesTest {
  private static final Duration AT_MOST = Duration.ofSeconds(60);

  private final TestWorkspace at = TestWorkspace.make();
  private final Api api = at.api();
  private final UUID runtime = api.newRuntime(at.id(), "desk", "claude", 10);
  private final UUID agent = at.newAgent(runtime, ",\"max_concurrent_tasks\":10");

  @Test
  void onlyIssuesOfWhichAllHasEndedLongAgoAreDeletedAndTheFeedSaysSo() {
    var gone = old(ended());
    var fresh = issue(ended());
    var discussed = old(ended());
    api.post("/api/issues/%s/comments".formatted(discussed), "{\"content\":\"Why?\"}").ok();
    cancelOpen(discussed);
    age(discussed);
    old(discussed, "task", "issue_id");
    var parent = old(ended());
    var plan = newIssue("{\"title\":\"Some day\",\"parent_issue_id\":\"%s\"}".formatted(parent));
    age(plan);
    var again = ended();
    var underWay = old(again);
    api.post("/api/tasks/%s/rerun".formatted(again), "{}").ok();
    age(underWay);

    try (var _ = sweeping()) {
      await().atMost(AT_MOST).until(() -> status(gone) == 404);
    }

    var kept =
        Map.of(
            "fresh", fresh,
            "under way", underWay,
            "discussed", discussed,
            "with a child", parent,
            "without a task", plan);
    kept.forEach((name, issue) -> assertThat(status(issue)).as(name).isEqualTo(200));
    await().atMost(AT_MOST).until(() -> at.count("issue.deleted") == 1);
    assertThat(at.count("task.deleted")).isEqualTo(1);
  }

  /// As an agent's comment or a further task holds its issue, from before the look until after it.
  @Test
  void anIssueThatSomebodyIsAddingToIsLeftAlone() throws Exception {
    var gone = old(ended());
    var addedTo = old(ended());
    var source = new DriverManagerDataSource(TestServers.get().jdbcUrl());
    try (var adding = source.getConnection()) {
      adding.setAutoCommit(false);
      try (var insert = adding.createStatement()) {
        insert.execute(
            """
            INSERT INTO comment (issue_id, author_type, author_id, content)
            SELECT issue_id, author_type, author_id, 'One more' FROM comment WHERE issue_id = '%s' LIMIT 1
            """
                .formatted(addedTo));
      }
      try (var _ = sweeping()) {
        await().atMost(AT_MOST).until(() -> status(gone) == 404);
      }
      adding.commit();
    }

    assertThat(status(addedTo)).isEqualTo(200);
    assertThat(api.get("/api/issues/%s/comments".formatted(addedTo)).text()).contains("One more");
  }

  private static ConfigurableApplicationContext sweeping() {
    return Applications.dispatcher(
        TestServers.get().jdbcUrl(),
        TestServers.get().kafka(),
        "--muster.deadlines.issue-kept=30d",
        "--server.port=0");
  }

  private UUID ended() {
    var task = at.newTask(agent, "");
    api.claim(runtime);
    api.start(task).ok();
    api.complete(task, "Done").ok();
    return task;
  }

  private UUID issue(UUID task) {
    return UUID.fromString(at.task(task).get("issue_id").asString());
  }

  private UUID newIssue(String body) {
    return Api.id(api.post("/api/issues?workspace_id=" + at.id(), body).ok());
  }

  private int status(UUID issue) {
    return api.get("/api/issues/" + issue).status();
  }

  /// As if it had been 40 days ago. Returns the issue.
  private UUID old(UUID task) {
    var issue = issue(task);
    age(issue);
    old(issue, "task", "issue_id");
    old(issue, "comment", "issue_id");
    return issue;
  }

  private void age(UUID issue) {
    old(issue, "issue", "id");
  }

  private void old(UUID issue, String table, String column) {
    var time =
        switch (table) {
          case "task" -> "completed_at";
          case "issue" -> "updated_at";
          default -> "created_at";
        };
    at.db()
        .sql(
            "UPDATE %s SET %s = now() - interval '40 days' WHERE %s = :issue"
                .formatted(table, time, column))
        .param("issue", issue)
        .update();
  }

  private void cancelOpen(UUID issue) {
    at.db()
        .sql("SELECT id FROM task WHERE issue_id = :issue AND completed_at IS NULL")
        .param("issue", issue)
        .query(UUID.class)
        .list()
        .forEach(task -> api.post("/api/tasks/" + task + "/cancel", "{}").ok());
  }
}
