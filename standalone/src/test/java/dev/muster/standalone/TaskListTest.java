package dev.muster.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/// The list of tasks: what it is narrowed to, searched for and sorted by.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TaskListTest {
  private final TestWorkspace at = TestWorkspace.make();
  private UUID desk = new UUID(0, 0);
  private UUID rack = new UUID(0, 0);
  private UUID fence = new UUID(0, 0);

  /// What stands in a query for what is only known when the test runs.
  private Map<String, String> names = Map.of();

  @BeforeAll
  void someTasks() {
    var api = at.api();
    desk = api.newRuntime(at.id(), "desk", "claude", 10);
    rack = api.newRuntime(at.id(), "rack", "codex", 10);
    var builder = api.newAgent(at.id(), desk, 10);
    var painter = api.newAgent(at.id(), rack, 10);
    fence = make(builder, "Mend the fence", "urgent");
    var before = now();
    var door = make(painter, "Paint the old door", "low");
    make(builder, "Mend the 100% old roof", "low");
    end(rack, door, "fail", "{\"error\":\"No paint\",\"failure_reason\":\"agent_blocked\"}");
    end(desk, fence, "complete", "{\"output\":\"Done\"}");
    names =
        Map.of(
            "BUILDER", builder.toString(),
            "DESK", desk.toString(),
            "RACK", rack.toString(),
            "ISSUE", at.task(door).get("issue_id").asString(),
            "FENCE", fence.toString(),
            "START", fence.toString().substring(0, 8),
            "IDENTIFIER", at.task(door).get("issue").get("identifier").asString(),
            "BEFORE", before);
  }

  private UUID make(UUID agent, String title, String priority) {
    return at.newTask(
        "{\"title\":\"%s\",\"agent_id\":\"%s\",\"priority\":\"%s\",\"max_attempts\":1}"
            .formatted(title, agent, priority));
  }

  private void end(UUID runtime, UUID task, String verb, String report) {
    var claimed = at.api().claim(runtime, 20);
    assertThat(Api.id(claimed)).isEqualTo(task);
    at.api().start(task).ok();
    at.api().post("/api/daemon/tasks/%s/%s".formatted(task, verb), report).ok();
  }

  private String now() {
    return at.db()
        .sql(
            "SELECT to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')")
        .query(String.class)
        .single();
  }

  private Api.Answer list(String query) {
    var path = new StringBuilder("/api/tasks?workspace_id=" + at.id());
    for (var part : query.isEmpty() ? new String[0] : query.split("&")) {
      var pair = part.split("=", 2);
      var value = pair[1];
      for (var name : names.entrySet()) {
        value = value.replace("{" + name.getKey() + "}", name.getValue());
      }
      path.append('&').append(pair[0]).append('=');
      path.append(URLEncoder.encode(value, StandardCharsets.UTF_8));
    }
    return at.api().get(path.toString());
  }

  /// The last words of the tasks' titles, in their order.
  private String shown(JsonNode page) {
    var words = new ArrayList<String>();
    for (var task : page.get("tasks")) {
      var title = at.task(UUID.fromString(task.get("id").asString())).get("issue").get("title");
      words.add(title.asString().replaceAll(".* ", ""));
    }
    return String.join(" ", words);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "''                                           | roof door fence",
        "status=queued                                | roof",
        "status=completed                             | fence",
        "status=failed                                | door",
        "status=failed&agent_id={BUILDER}             | ''",
        "agent_id={BUILDER}                           | roof fence",
        "agent_id={BUILDER}&status=completed          | fence",
        "runtime_id={RACK}                            | door",
        "issue_id={ISSUE}                             | door",
        "priority=low                                 | roof door",
        "priority=none                                | ''",
        "priority=low&runtime_id={DESK}               | roof",
        "failure_reason=agent_blocked                 | door",
        "failure_reason=runtime_lost                  | ''",
        "failure_reason=agent_blocked&status=queued   | ''",
        "created_after={BEFORE}                       | roof door",
        "created_before={BEFORE}                      | fence",
        "created_after=2001-02-03T04:05:06+07:00      | roof door fence",
        "created_after=9999-01-01T00:00:00Z           | ''",
        "sort=created                                 | roof door fence",
        "sort=finished                                | fence door",
        "sort=finished&status=failed                  | door",
        "sort=finished&status=queued                  | ''",
        "sort=finished&agent_id={BUILDER}&priority=urgent | fence",
        "q=mend                                       | roof fence",
        "q=OLD                                        | roof door",
        "q=old mend                                   | roof",
        "q=fen                                        | fence",
        "q=100%                                       | roof",
        "q=%                                          | roof",
        "q=_                                          | ''",
        "q=old&status=failed                          | door",
        "q={FENCE}                                    | fence",
        "q={START}                                    | fence",
        "q={FENCE}&status=failed                      | ''",
        "q={IDENTIFIER}                               | door",
        "q=ELSE-1                                     | ''",
        "q=00000000-0000-0000-0000-000000000000       | ''",
      })
  void aListShowsWhatItIsNarrowedTo(String query, String expected) {
    var page = list(query).ok();

    assertThat(shown(page)).isEqualTo(expected);
    assertThat(page.get("total").asInt())
        .isEqualTo(expected.isEmpty() ? 0 : expected.split(" ").length);
    assertThat(page.get("total_is_exact").asBoolean()).isTrue();
    assertThat(page.get("next").isNull()).isTrue();
  }

  /// A letter with its accent is one character or two, and what is copied from pages has spaces
  /// that do not break.
  @ParameterizedTest
  @ValueSource(strings = {"caf\u00e9", "cafe\u0301", "\u00a0CAF\u00c9\u00a0menu\u00a0"})
  void theSameTextIsFoundHoweverItIsWritten(String words) {
    var cafe = TestWorkspace.make();
    for (var title : List.of("the caf\u00e9 menu", "the cafe\u0301 menu", "a cafe menu")) {
      cafe.newTask("{\"title\":\"%s\",\"provider\":\"claude\"}".formatted(title));
    }
    var query = "&q=" + URLEncoder.encode(words, StandardCharsets.UTF_8);

    var found = cafe.api().get("/api/tasks?workspace_id=" + cafe.id() + query).ok();

    assertThat(found.get("total").asInt()).isEqualTo(2);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "status=done            | status         | must be one of queued, dispatched, running, completed, failed, cancelled",
        "agent_id=nobody        | agent_id       | is not a UUID",
        "runtime_id=1           | runtime_id     | is not a UUID",
        "issue_id=ABC-1         | issue_id       | is not a UUID",
        "priority=3             | priority       | must be one of none, low, medium, high, urgent",
        "failure_reason=weather | failure_reason | must be one of",
        "created_after=today    | created_after  | is not an RFC 3339 date and time",
        "created_after=2026-01-01 | created_after | is not an RFC 3339 date and time",
        "created_before=+99999-01-01T00:00:00Z | created_before | is not of the years 1 to 9999",
        "created_before=-0001-01-01T00:00:00Z | created_before | is not of the years 1 to 9999",
        "sort=title             | sort           | must be one of created, finished",
        "limit=0                | limit          | must be between 1 and 500",
        "limit=x                | limit          | is not a number",
        "cursor=nonsense        | cursor         | is not one that was given out",
        "query=mend             | query          | is not known",
        "reason=agent_blocked   | reason         | is not known: did you mean failure_reason?",
      })
  void whatCannotBeAskedForIsRefusedWithItsName(String query, String field, String reason) {
    var refused = list(query);

    assertThat(refused.status()).isEqualTo(400);
    assertThat(refused.json().get("field").asString()).isEqualTo(field);
    assertThat(refused.json().get("reason").asString()).startsWith(reason);
  }

  @Test
  void aTextThatIsTooLongIsRefused() {
    var refused = list("q=" + "a".repeat(201));

    assertThat(refused.status()).isEqualTo(400);
    assertThat(refused.json().get("field").asString()).isEqualTo("q");
  }

  @ParameterizedTest
  @CsvSource({"sort=created,roof door fence", "sort=finished,fence door", "q=old,roof door"})
  void aListGoesOnPageByPageAndTellsItsTotalOnTheFirst(String query, String expected) {
    var seen = new ArrayList<String>();
    var totals = new ArrayList<JsonNode>();

    var page = list(query + "&limit=1").ok();
    while (true) {
      seen.add(shown(page));
      totals.add(page.get("total"));
      var next = page.get("next");
      if (next.isNull()) {
        break;
      }
      page = list(query + "&limit=1&cursor=" + next.asString()).ok();
    }

    assertThat(String.join(" ", seen)).isEqualTo(expected);
    assertThat(totals.getFirst().asInt()).isEqualTo(seen.size());
    assertThat(totals.subList(1, totals.size())).allMatch(JsonNode::isNull);
  }

  @Test
  void aSearchSeesNothingOfAnotherWorkspace() {
    var other = TestWorkspace.make();
    for (var text : List.of("fence", fence.toString(), fence.toString().substring(0, 8))) {
      var found = other.api().get("/api/tasks?workspace_id=%s&q=%s".formatted(other.id(), text));

      assertThat(StreamSupport.stream(found.ok().get("tasks").spliterator(), false)).isEmpty();
    }
  }

  @Test
  void aCursorIsGoodForTheListAndTheOrderThatGaveItOutAlone() {
    var created = list("sort=created&limit=1").ok().get("next").asString();
    var finished = list("sort=finished&limit=1").ok().get("next").asString();

    assertThat(list("sort=created&cursor=" + created).status()).isEqualTo(200);
    for (var refused :
        List.of(
            list("sort=finished&cursor=" + created),
            list("cursor=" + finished),
            at.api().get("/api/agents?workspace_id=%s&cursor=%s".formatted(at.id(), created)),
            at.api()
                .get("/api/dead-letters?workspace_id=%s&cursor=%s".formatted(at.id(), finished)))) {
      assertThat(refused.status()).isEqualTo(400);
      assertThat(refused.json().get("reason").asString())
          .isEqualTo("was given out for another list, or another order");
    }
  }
}
