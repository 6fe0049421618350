package dev.muster.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.muster.events.sql.Rows;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/// What people do with issues, tasks, agents, skills and members, and what work comes of it.
class PeopleTest {
  private final TestMuster muster = TestMuster.get();
  private final Api api = muster.api();
  private final Users users = new Users(muster);
  private UUID workspace = new UUID(0, 0);
  private UUID runtime = new UUID(0, 0);
  private UUID agent = new UUID(0, 0);

  @BeforeEach
  void aWorkspaceWithARuntimeAndItsAgent() {
    workspace = api.newWorkspace();
    runtime = api.newRuntime(workspace, "dm1", "claude", 5);
    agent = api.newAgent(workspace, runtime, 5);
  }

  @AfterEach
  void theFeedHoldsWhatItMust() {
    muster.feed().complete(muster, workspace);
  }

  private String in(String path) {
    return path + "?workspace_id=" + workspace;
  }

  private UUID agentWith(String triggers) {
    var body =
        "{\"name\":\"A\",\"runtime_id\":\"%s\",\"max_concurrent_tasks\":5,\"triggers\":%s}"
            .formatted(runtime, triggers);
    return Api.id(api.post(in("/api/agents"), body).ok());
  }

  private UUID issue(String status, UUID assignee) {
    var body =
        "{\"title\":\"Work\",\"status\":\"%s\",\"assignee_type\":\"agent\",\"assignee_id\":\"%s\"}"
            .formatted(status, assignee);
    return Api.id(api.post(in("/api/issues"), body).ok());
  }

  /// The states of the issue's tasks, the newest first.
  private List<String> states(UUID issue) {
    var states = new ArrayList<String>();
    for (var task : api.get(in("/api/tasks") + "&issue_id=" + issue).ok().get("tasks")) {
      states.add(task.get("status").asString());
    }
    return states;
  }

  private void change(UUID issue, String body) {
    api.put("/api/issues/" + issue, body).ok();
  }

  private void comment(UUID issue) {
    api.person().post("/api/issues/" + issue + "/comments", "{\"content\":\"And now?\"}").ok();
  }

  private String agentStatus() {
    return api.get("/api/agents/" + agent).ok().get("status").asString();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          todo      | []                                                                             | 1
          todo      | [{"type":"on_assign","enabled":true}]                                          | 1
          todo      | [{"type":"on_assign","enabled":false}]                                         | 0
          todo      | [{"type":"on_comment","enabled":true}]                                         | 0
          todo      | [{"type":"on_assign","enabled":false},{"type":"on_assign","enabled":true}]     | 1
          todo      | [{"type":"on_assign"}]                                                         | 0
          todo      | [{"type":1,"enabled":"yes"}]                                                   | 0
          backlog   | []                                                                             | 0
          in_review | []                                                                             | 0
          done      | []                                                                             | 0
          """)
  void aNewIssueIsWorkWhenItIsToBeDoneAndTheTriggerIsOn(String status, String triggers, int tasks) {
    var issue = issue(status, agentWith(triggers));

    assertThat(states(issue)).hasSize(tasks);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          todo        | []                                      | 1
          backlog     | []                                      | 1
          blocked     | []                                      | 1
          done        | []                                      | 0
          cancelled   | []                                      | 0
          in_progress | [{"type":"on_comment","enabled":true}]  | 1
          in_progress | [{"type":"on_assign","enabled":true}]   | 0
          """)
  void aCommentIsWorkUnlessTheIssueIsClosedOrTheTriggerOff(
      String status, String triggers, int tasks) {
    var issue = issue("backlog", agentWith(triggers));
    change(issue, "{\"status\":\"%s\"}".formatted(status));

    comment(issue);

    assertThat(states(issue)).hasSize(tasks);
  }

  @Test
  void aCommentOnAnIssueThatWaitsIsReadByWhatWaits() {
    var issue = issue("todo", agent);

    comment(issue);

    assertThat(states(issue)).containsExactly("queued");
  }

  @Test
  void aCommentOnAnIssueThatWasHandedOutIsReadByWhoeverHasIt() {
    var issue = issue("todo", agent);
    api.claim(runtime);

    comment(issue);

    assertThat(states(issue)).containsExactly("dispatched");
  }

  @Test
  void commentsOnAnIssueThatRunsAreOneMoreRunTogether() {
    var issue = issue("todo", agent);
    api.start(Api.id(api.claim(runtime))).ok();

    comment(issue);
    comment(issue);

    assertThat(states(issue)).containsExactly("queued", "running");
    assertThat(api.claim(runtime).isNull()).isTrue();
  }

  @Test
  void givingAnIssueToAnotherAgentStopsTheFirst() {
    var other = agentWith("[]");
    var issue = issue("todo", agent);
    var first = Api.id(api.claim(runtime));
    api.start(first).ok();

    change(issue, "{\"assignee_type\":\"agent\",\"assignee_id\":\"%s\"}".formatted(other));

    assertThat(states(issue)).containsExactly("queued", "running");
    assertThat(api.status(first)).isEqualTo("cancelled");
    api.post("/api/daemon/tasks/" + first + "/cancel-ack", "{}").ok();
    assertThat(states(issue)).containsExactly("queued", "cancelled");
    assertThat(api.claim(runtime).get("agent_id").asString()).isEqualTo(other.toString());
  }

  @Test
  void givingAnIssueToTheSameAgentAgainChangesNothing() {
    var issue = issue("todo", agent);

    change(issue, "{\"assignee_type\":\"agent\",\"assignee_id\":\"%s\"}".formatted(agent));

    assertThat(states(issue)).containsExactly("queued");
  }

  @Test
  void givingAnIssueToAMemberStopsTheAgent() {
    var issue = issue("todo", agent);
    var me = users.userOf(api);

    change(issue, "{\"assignee_type\":\"member\",\"assignee_id\":\"%s\"}".formatted(me));

    assertThat(states(issue)).containsExactly("cancelled");
  }

  @Test
  void takingAnIssueFromItsAgentStopsNothing() {
    var issue = issue("todo", agent);

    change(issue, "{\"assignee_type\":null,\"assignee_id\":null}");

    assertThat(states(issue)).containsExactly("queued");
  }

  @Test
  void closingAnIssueTakesBackWhatNobodyBeganAndLetsTheRestRun() {
    var running = issue("todo", agent);
    api.start(Api.id(api.claim(runtime))).ok();
    comment(running);

    change(running, "{\"status\":\"done\"}");

    assertThat(states(running)).containsExactly("cancelled", "running");
  }

  @Test
  void aClosedIssueThatWaitedIsNotBegunAnyMore() {
    var issue = issue("todo", agent);

    change(issue, "{\"status\":\"done\"}");

    assertThat(states(issue)).containsExactly("cancelled");
    assertThat(api.claim(runtime).isNull()).isTrue();
  }

  @Test
  void aChangeOfTheStatusAloneIsNoWork() {
    var issue = issue("backlog", agent);

    change(issue, "{\"status\":\"todo\"}");

    assertThat(states(issue)).isEmpty();
  }

  @Test
  void aDeletedIssueTakesItsTasksWithItAndTheDaemonLearnsIt() {
    var issue = issue("todo", agent);
    var task = Api.id(api.claim(runtime));
    api.start(task).ok();

    api.delete("/api/issues/" + issue).ok();

    assertThat(api.get("/api/daemon/tasks/" + task + "/status").status()).isEqualTo(404);
    muster.feed().complete(muster, workspace);
    assertThat(muster.feed().story(workspace, task))
        .endsWith("task.running", "task.cancelled", "task.deleted");
  }

  @Test
  void issuesAreNumberedAndFoundByTheirIdentifierWhateverItsPrefix() {
    issue("backlog", agent);
    var second = issue("backlog", agent);

    var found = api.get(in("/api/issues/ANY-2")).ok();

    assertThat(Api.id(found)).isEqualTo(second);
    assertThat(found.get("identifier").asString()).isEqualTo("TES-2");
    assertThat(api.get("/api/issues/ANY-2").status()).isEqualTo(404);
    assertThat(api.delete(in("/api/issues/TES-2")).status()).isEqualTo(204);
    assertThat(api.get("/api/issues/" + second).status()).isEqualTo(404);
  }

  @Test
  void thePriorityOfAnIssueIsItsTasksPlaceInTheQueue() {
    for (var priority : List.of("none", "urgent", "low")) {
      api.post(
              in("/api/issues"),
              "{\"title\":\"%s\",\"status\":\"todo\",\"priority\":\"%s\",\"assignee_type\":\"agent\",\"assignee_id\":\"%s\"}"
                  .formatted(priority, priority, agent))
          .ok();
    }

    var first = api.claim(runtime).get("priority").asInt();
    var second = api.claim(runtime).get("priority").asInt();
    var third = api.claim(runtime).get("priority").asInt();

    assertThat(List.of(first, second, third)).containsExactly(4, 1, 0);
  }

  @Test
  void anAgentWorksWhileATaskOfItIsUnderWayAndIdlesElse() {
    var seen = new ArrayList<String>();
    seen.add(agentStatus());
    issue("todo", agent);
    seen.add(agentStatus());
    var task = Api.id(api.claim(runtime));
    seen.add(agentStatus());
    api.start(task).ok();
    seen.add(agentStatus());
    api.post("/api/tasks/" + task + "/cancel", "{}").ok();
    api.post("/api/daemon/tasks/" + task + "/cancel-ack", "{}").ok();
    seen.add(agentStatus());
    api.put("/api/agents/" + agent, "{\"status\":\"blocked\"}").ok();
    seen.add(agentStatus());
    api.put("/api/agents/" + agent, "{\"status\":\"idle\"}").ok();
    api.post("/api/daemon/deregister", "{\"runtime_ids\":[\"%s\"]}".formatted(runtime)).ok();
    seen.add(agentStatus());

    assertThat(seen)
        .containsExactly("idle", "idle", "working", "working", "idle", "blocked", "offline");
  }

  @Test
  void aTaskCanBeCancelledUntilItIsOverAndRunAgainAfterThat() {
    var task = Api.id(newTask("Once"));
    assertThat(api.post("/api/tasks/" + task + "/rerun", "{}").status()).isEqualTo(409);
    assertThat(Api.id(api.claim(runtime))).isEqualTo(task);
    api.start(task).ok();
    api.complete(task, "done").ok();

    var late = api.post("/api/tasks/" + task + "/cancel", "{}");
    var again = api.post("/api/tasks/" + task + "/rerun", "{}");
    var twice = api.post("/api/tasks/" + task + "/rerun", "{}");

    assertThat(late.status()).isEqualTo(409);
    assertThat(late.json().get("error").asString()).isEqualTo("task is already completed");
    assertThat(again.status()).isEqualTo(201);
    assertThat(twice.status()).isEqualTo(409);
    var cancelled = api.post("/api/tasks/" + Api.id(again.json()) + "/cancel", "{}");
    assertThat(cancelled.ok().get("status").asString()).isEqualTo("cancelled");
    assertThat(api.post("/api/tasks/" + Api.id(again.json()) + "/cancel", "{}").status())
        .isEqualTo(200);
  }

  private JsonNode newTask(String title) {
    return api.post(
            in("/api/tasks"), "{\"title\":\"%s\",\"agent_id\":\"%s\"}".formatted(title, agent))
        .ok();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          "agent_id":"{agent}"                                        | 201
          "agent_id":"{agent}","provider":null,"labels":null          | 201
          "agent_id":"{agent}","provider":""                          | 201
          "agent_id":"{agent}","priority":""                          | 201
          "agent_id":"{agent}","provider":"claude"                    | 400
          "agent_id":"{agent}","labels":{"os":"linux"}                | 400
          "agent_id":"{agent}","labels":{}                            | 201
          "agent_id":null,"labels":null                               | 400
          "agent_id":"","provider":""                                 | 400
          "agent_id":"nonsense"                                       | 400
          "provider":"claude"                                         | 201
          "provider":"claude","labels":{"os":"linux"}                 | 201
          "labels":{"os":"linux"}                                     | 201
          "labels":{}                                                 | 400
          "labels":{"os":1}                                           | 400
          "provider":"claude","priority":"soon"                       | 400
          """)
  void aTaskNamesItsAgentOrWhatItNeeds(String fields, int status) {
    var body = "{\"title\":\"T\"," + fields.replace("{agent}", agent.toString()) + "}";

    var answer = api.post(in("/api/tasks"), body);

    assertThat(answer.status()).as(answer.text()).isEqualTo(status);
  }

  @Test
  void tasksOfOneKindShareAnAgentAndGoToARuntimeThatFits() {
    var first = api.post(in("/api/tasks"), "{\"title\":\"A\",\"provider\":\"claude\"}").ok();
    var second = api.post(in("/api/tasks"), "{\"title\":\"B\",\"provider\":\"claude\"}").ok();

    await().untilAsserted(() -> assertThat(api.claim(runtime, 1).isNull()).isFalse());

    assertThat(first.get("agent_id")).isEqualTo(second.get("agent_id"));
    assertThat(first.get("agent_name").asString()).isEqualTo("Any claude");
  }

  @Test
  void pagesOfTasksHaveNeitherHolesNorDoublesWhileNewOnesCome() {
    for (var i = 0; i < 250; i++) {
      newTask("T" + i);
    }
    var before = ids("SELECT id FROM task WHERE workspace_id = :w");
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var adding =
          CompletableFuture.runAsync(
              () -> {
                for (var i = 0; i < 30; i++) {
                  newTask("New " + i);
                }
              },
              threads);

      var read = allTasks(40);

      adding.join();
      assertThat(read).doesNotHaveDuplicates().containsAll(before);
    }
  }

  private List<UUID> ids(String sql) {
    return muster.db().sql(sql).param("w", workspace).query(Rows.id()).list();
  }

  private List<UUID> allTasks(int pageSize) {
    var read = new ArrayList<UUID>();
    var cursor = "";
    while (true) {
      var page = api.get(in("/api/tasks") + "&limit=" + pageSize + cursor).ok();
      page.get("tasks").forEach(task -> read.add(Api.id(task)));
      if (page.get("next").isNull()) {
        return read;
      }
      cursor = "&cursor=" + page.get("next").asString();
    }
  }

  @Test
  void theHistoryIsReadFromAnyPlaceInPartsAndHasEverything() {
    issue("todo", agent);
    var task = Api.id(api.claim(runtime));
    api.start(task).ok();
    api.complete(task, "done").ok();
    var feed = muster.feed().complete(muster, workspace);

    var positions = new ArrayList<Long>();
    var types = new HashSet<String>();
    var after = 0L;
    while (after < feed.size()) {
      var path = "/api/workspaces/%s/events?limit=3&after=%d".formatted(workspace, after);
      var page = api.get(path).ok();
      page.get("events")
          .forEach(event -> {
            positions.add(event.get("position").asLong());
            types.add(event.get("type").asString());
          });
      assertThat(page.get("head").asLong()).isEqualTo(feed.size());
      after = page.get("next").asLong();
    }

    assertThat(positions).hasSize(feed.size()).doesNotHaveDuplicates().isSorted();
    assertThat(types).contains("task.queued", "task.completed", "comment.created", "issue.created");
    var end = api.get("/api/workspaces/%s/events?after=%d".formatted(workspace, after)).ok();
    assertThat(end.get("events")).isEmpty();
    assertThat(end.get("next").asLong()).isEqualTo(after);
  }

  @Test
  void theLastOwnerStays() {
    var me = users.userOf(api);
    var members = "/api/workspaces/" + workspace + "/members/";

    var answers =
        List.of(
            api.post("/api/workspaces/" + workspace + "/leave", "{}"),
            api.delete(members + me),
            api.send("PATCH", members + me, "{\"role\":\"admin\"}"));

    for (var answer : answers) {
      assertThat(answer.status()).isEqualTo(400);
      assertThat(answer.json().get("error").asString())
          .isEqualTo("workspace must have at least one owner");
    }
  }

  @Test
  void twoOwnersWhoLeaveAtOnceLeaveOneBehind() {
    var second = users.newUser();
    users.join(second, workspace, "owner");
    var other = users.api(second, Users.Narrowing.NONE);
    var path = "/api/workspaces/" + workspace + "/leave";

    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var one = CompletableFuture.supplyAsync(() -> api.post(path, "{}").status(), threads);
      var two = CompletableFuture.supplyAsync(() -> other.post(path, "{}").status(), threads);

      assertThat(List.of(one.join(), two.join())).containsExactlyInAnyOrder(204, 400);
    }
  }

  @Test
  void onlyOwnersMakeAndUnmakeOwners() {
    var user = users.newUser();
    users.join(user, workspace, "admin");
    var admin = users.api(user, Users.Narrowing.NONE);
    var members = "/api/workspaces/" + workspace + "/members";
    var owner = users.userOf(api);

    assertThat(admin.post(members, "{\"email\":\"new@x\",\"role\":\"owner\"}").status())
        .isEqualTo(403);
    assertThat(admin.send("PATCH", members + "/" + user, "{\"role\":\"owner\"}").status())
        .isEqualTo(403);
    assertThat(admin.delete(members + "/" + owner).status()).isEqualTo(403);
    assertThat(admin.send("PATCH", members + "/" + owner, "{\"role\":\"member\"}").status())
        .isEqualTo(403);
  }

  @Test
  void aUserIsAMemberOnceWhateverTheLettersOfTheAddress() {
    var members = "/api/workspaces/" + workspace + "/members";
    var name = UUID.randomUUID().toString();

    var first = api.post(members, "{\"email\":\" %s@X.example \"}".formatted(name));
    var second = api.post(members, "{\"email\":\"%s@x.EXAMPLE\"}".formatted(name));

    assertThat(first.ok().get("email").asString()).isEqualTo(name + "@x.example");
    assertThat(second.status()).isEqualTo(409);
    assertThat(second.json().get("error").asString()).isEqualTo("user is already a member");
  }

  @Test
  void aPrivateAgentIsForItsOwnerAndThoseWhoAdminister() {
    api.put("/api/agents/" + agent, "{\"visibility\":\"private\"}").ok();
    var task = Api.id(newTask("Private"));
    api.post("/api/tasks/" + task + "/cancel", "{}").ok();
    var user = users.newUser();
    users.join(user, workspace, "member");
    var member = users.api(user, Users.Narrowing.NONE);

    assertThat(member.get(in("/api/agents")).ok()).isEmpty();
    for (var path : List.of("", "/skills", "/tasks")) {
      assertThat(member.get("/api/agents/" + agent + path).status()).as(path).isEqualTo(404);
    }
    assertThat(member.post("/api/tasks/" + task + "/rerun", "{}").status()).isEqualTo(404);
    var given =
        member.post(
            in("/api/issues"),
            "{\"title\":\"t\",\"status\":\"todo\",\"assignee_type\":\"agent\",\"assignee_id\":\"%s\"}"
                .formatted(agent));
    assertThat(given.status()).isEqualTo(400);
    assertThat(api.get(in("/api/agents")).ok()).hasSize(1);
  }

  @Test
  void aSkillHasAnOwnNameAndFilesThatStayInTheirPlace() {
    var skill = api.post(in("/api/skills"), "{\"name\":\"S\"}").ok();
    var files = "/api/skills/" + Api.id(skill) + "/files";

    var taken = api.post(in("/api/skills"), "{\"name\":\" S \"}");

    assertThat(taken.status()).isEqualTo(409);
    assertThat(taken.json().get("error").asString())
        .isEqualTo("a skill with this name already exists");
    for (var path : List.of("", "/etc/passwd", "../x", "a/../../x", "..")) {
      var refused = api.put(files, "{\"path\":\"%s\",\"content\":\"x\"}".formatted(path));
      assertThat(refused.status()).as(path).isEqualTo(400);
      assertThat(refused.json().get("error").asString()).isEqualTo("invalid file path: " + path);
    }
    api.put(files, "{\"path\":\"a/b.md\",\"content\":\"1\"}").ok();
    api.put(files, "{\"path\":\"a/b.md\",\"content\":\"2\"}").ok();
    assertThat(api.get(files).ok()).hasSize(1);
    api.put("/api/skills/" + Api.id(skill), "{\"files\":[]}").ok();
    assertThat(api.get(files).ok()).isEmpty();
  }

  @Test
  void aCommentAnswersOneOfItsOwnIssueOnly() {
    var mine = issue("backlog", agent);
    var other = issue("backlog", agent);
    var comments = "/api/issues/" + other + "/comments";
    var parent = Api.id(api.post(comments, "{\"content\":\"c\"}").ok());

    var body = "{\"content\":\"r\",\"parent_id\":\"%s\"}".formatted(parent);
    var elsewhere = api.post("/api/issues/" + mine + "/comments", body);

    assertThat(elsewhere.status()).isEqualTo(400);
    assertThat(elsewhere.json().get("error").asString()).isEqualTo("invalid parent comment");
    assertThat(api.post(comments, body).status()).isEqualTo(201);
  }

  @ParameterizedTest
  @CsvSource({
    "9999-12-31T23:59:59Z,201",
    "0001-01-01T00:00:00Z,400",
    "1583-01-01T00:00:00Z,201",
    "9999-12-31T23:59:59-12:00,400",
    "10000-01-01T00:00:00Z,400",
    "2026-02-30T00:00:00Z,400",
    "tomorrow,400"
  })
  void aDueDateComesBackAsItWasGivenOrIsRefused(String due, int status) {
    var answer =
        api.post(in("/api/issues"), "{\"title\":\"t\",\"due_date\":\"%s\"}".formatted(due));

    assertThat(answer.status()).as(answer.text()).isEqualTo(status);
    if (status == 201) {
      assertThat(answer.json().get("due_date").asString()).isEqualTo(due);
    }
  }

  @Test
  void aDueDateMayBeADay() {
    var made = api.post(in("/api/issues"), "{\"title\":\"t\",\"due_date\":\"2028-02-29\"}");
    var issue = in("/api/issues/" + made.json().get("id").asString());

    assertThat(made.json().get("due_date").asString()).isEqualTo("2028-02-29T00:00:00Z");
    assertThat(api.put(issue, "{\"due_date\":\"2028-03-01\"}").json().get("due_date").asString())
        .isEqualTo("2028-03-01T00:00:00Z");
    var refused = api.put(issue, "{\"due_date\":\"2027-02-29\"}");
    assertThat(refused.status()).isEqualTo(400);
    assertThat(refused.json().get("field").asString()).isEqualTo("due_date");
    assertThat(refused.json().get("reason").asString()).contains("there is not");
    assertThat(refused.json().get("error").asString()).contains("expected RFC3339");
    assertThat(api.get(issue).json().get("due_date").asString()).isEqualTo("2028-03-01T00:00:00Z");
    assertThat(api.put(issue, "{\"due_date\":\"\"}").json().get("due_date").isNull()).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "2026-01-01,1",
    "0000-01-01,0",
    "-0001-01-01,0",
    "+10000-01-01,0",
    "+999999999-01-01,0",
    "2026-1-1,0",
    "soon,0"
  })
  void usageWithoutADateThatCanBeReadIsSkipped(String date, int rows) {
    var path = "/api/daemon/runtimes/" + runtime + "/usage";

    api.post(path, "{\"entries\":[{\"date\":\"%s\",\"provider\":\"p\"}]}".formatted(date)).ok();

    var kept = muster.db().sql("SELECT count(*) FROM runtime_usage WHERE runtime_id = :id");
    assertThat(kept.param("id", runtime).query(Integer.class).single()).isEqualTo(rows);
  }
}
