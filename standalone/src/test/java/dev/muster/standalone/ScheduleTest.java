package dev.muster.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/// Schedules, as people use them.
class ScheduleTest {
  private static final Duration AT_MOST = Duration.ofSeconds(30);

  private final TestWorkspace at = TestWorkspace.make();
  private final Api api = at.api();
  private final String in = "?workspace_id=" + at.id();
  private final UUID agent = newAgent("");

  private UUID newAgent(String more) {
    var body = "{\"name\":\"A\",\"provider\":\"none\"%s}".formatted(more);
    return Api.id(api.post("/api/agents" + in, body).ok());
  }

  private String body(String more) {
    return "{\"title\":\"Report\",\"agent_id\":\"%s\"%s}".formatted(agent, more);
  }

  private UUID make(String more) {
    return Api.id(api.post("/api/schedules" + in, body(more)).ok());
  }

  private static String path(UUID schedule) {
    return "/api/schedules/" + schedule;
  }

  private JsonNode read(UUID schedule) {
    return api.get(path(schedule)).ok();
  }

  /// As if the schedule had been due for so many seconds.
  private void due(UUID schedule, int seconds) {
    at.db()
        .sql(
            """
            UPDATE schedule SET due_at = now() - make_interval(secs => :seconds),
                                next_run_at = now() - make_interval(secs => :seconds),
                                once_at = CASE WHEN once_at IS NOT NULL THEN now() - make_interval(secs => :seconds) END
             WHERE id = :id
            """)
        .param("seconds", seconds)
        .param("id", schedule)
        .update();
  }

  private void awaitRead(UUID schedule, String member, String value) {
    await().atMost(AT_MOST).until(() -> read(schedule).get(member).asString().equals(value));
  }

  @Test
  void aScheduleIsMadeReadListedChangedAndDeleted() {
    var made =
        api.post(
                "/api/schedules" + in,
                body(
                    ",\"prompt\":\"Write it\",\"cron\":\"0 9 * *"
                        + " 1-5\",\"time_zone\":\"Europe/Berlin\",\"priority\":\"high\""))
            .ok();
    var id = Api.id(made);
    var other = make(",\"every_seconds\":3600");

    assertThat(made.get("status").asString()).isEqualTo("active");
    assertThat(made.get("next_runs")).hasSize(5);
    assertThat(made.get("next_run_at")).isEqualTo(made.get("next_runs").get(0));
    assertThat(made.get("overlap").asString()).isEqualTo("skip");
    assertThat(made.get("catch_up").asInt()).isEqualTo(1);
    assertThat(made.has("due_at")).isFalse();
    assertThat(read(id)).isEqualTo(made);
    var page = api.get("/api/schedules" + in + "&limit=1").ok();
    assertThat(Api.id(page.get("items").get(0))).isEqualTo(other);
    var rest = api.get("/api/schedules" + in + "&cursor=" + page.get("next").asString()).ok();
    assertThat(rest.get("items")).hasSize(1);
    assertThat(rest.get("items").get(0)).isEqualTo(made);
    assertThat(rest.get("next").isNull()).isTrue();

    var renamed = api.send("PATCH", path(id), "{\"title\":\"Weekly\"}").ok();
    assertThat(renamed.get("next_run_at")).isEqualTo(made.get("next_run_at"));
    assertThat(renamed.get("time_zone").asString()).isEqualTo("Europe/Berlin");
    var moved = api.send("PATCH", path(id), "{\"cron\":\"0 10 * * 1-5\"}").ok();
    assertThat(moved.get("time_zone").asString()).isEqualTo("Europe/Berlin");
    assertThat(moved.get("next_run_at")).isNotEqualTo(made.get("next_run_at"));
    var hourly = api.send("PATCH", path(id), "{\"every_seconds\":3600}").ok();
    assertThat(hourly.get("cron").isNull()).isTrue();
    assertThat(hourly.get("time_zone").isNull()).isTrue();

    assertThat(api.delete(path(id)).status()).isEqualTo(204);
    assertThat(api.get(path(id)).status()).isEqualTo(404);
    at.muster().feed().complete(at.muster(), at.id());
    assertThat(
            List.of("created", "updated", "deleted").stream()
                .map(event -> at.count("schedule." + event)))
        .containsExactly(2L, 3L, 1L);
  }

  @Test
  void whatIsDueBecomesATaskThatSaysWhoseRunItIs() {
    var id = make(",\"every_seconds\":86400,\"priority\":\"urgent\",\"max_attempts\":3");
    due(id, 1);
    awaitRead(id, "fired", "1");

    var schedule = read(id);
    var task = at.task(UUID.fromString(schedule.get("last_task_id").asString()));
    assertThat(task.get("schedule_id").asString()).isEqualTo(id.toString());
    assertThat(task.get("priority").asInt()).isEqualTo(4);
    assertThat(task.get("max_attempts").asInt()).isEqualTo(3);
    assertThat(task.at("/issue/title").asString()).isEqualTo("Report");
    assertThat(Instant.parse(schedule.get("next_run_at").asString()))
        .isAfter(Instant.now().plus(23, ChronoUnit.HOURS));
    var listed = api.get("/api/tasks" + in + "&schedule_id=" + id).ok();
    assertThat(listed.get("total").asInt()).isEqualTo(1);
    assertThat(api.get("/api/tasks" + in + "&schedule_id=" + agent).ok().get("total").asInt())
        .isZero();
    at.muster().feed().complete(at.muster(), at.id());
    assertThat(
            at.muster().feed().of(at.id()).stream()
                .filter(event -> event.type().wire().equals("task.queued")))
        .singleElement()
        .satisfies(event -> assertThat(event.data()).contains("\"" + id + "\""));
    assertThat(at.count("schedule.fired")).isEqualTo(1);
  }

  @Test
  void whatIsTooLateIsCountedAndNotRun() {
    var id = make(",\"every_seconds\":3600,\"catch_up\":0");
    due(id, 7 * 3_600 + 1_800);
    await().atMost(AT_MOST).until(() -> read(id).get("missed").asInt() > 0);

    assertThat(read(id).get("fired").asInt()).isZero();
    assertThat(read(id).get("last_error").isNull()).isTrue();
    at.muster().feed().complete(at.muster(), at.id());
    assertThat(at.count("schedule.missed")).isEqualTo(1);
  }

  @Test
  void whatRunsOnceIsFinishedThen() {
    var id = make(",\"at\":\"%s\"".formatted(Instant.now().plus(1, ChronoUnit.DAYS)));
    assertThat(read(id).get("next_runs")).hasSize(1);
    due(id, 1);
    awaitRead(id, "status", "finished");

    assertThat(read(id).get("fired").asInt()).isEqualTo(1);
    assertThat(read(id).get("next_run_at").isNull()).isTrue();
  }

  @Test
  void aPausedScheduleRunsOnlyWhenItIsAskedTo() {
    var id = make(",\"every_seconds\":3600");
    var paused = api.post(path(id) + "/pause", "{}").ok();
    assertThat(paused.get("status").asString()).isEqualTo("paused");
    assertThat(paused.get("next_runs")).isEmpty();

    var ran = api.post(path(id) + "/run", "{}");
    assertThat(ran.status()).isEqualTo(201);
    assertThat(ran.json().at("/schedule/status").asString()).isEqualTo("paused");
    assertThat(ran.json().at("/schedule/last_task_id")).isEqualTo(ran.json().get("task_id"));

    var again = api.post(path(id) + "/run", "{}");
    assertThat(again.status()).isEqualTo(409);
    assertThat(again.json().get("reason").asString()).isEqualTo("overlap");
    assertThat(again.json().get("task_id")).isEqualTo(ran.json().get("task_id"));

    var resumed = api.post(path(id) + "/resume", "{}").ok();
    assertThat(resumed.get("next_runs")).hasSize(5);
    assertThat(resumed.get("missed").asInt()).isZero();
    at.muster().feed().complete(at.muster(), at.id());
    assertThat(at.count("schedule.paused")).isEqualTo(1);
    assertThat(at.count("schedule.resumed")).isEqualTo(1);
  }

  @Test
  void aRunThatIsCancelledForTheNextEndsBeforeThatBegins() {
    var runtime = api.newRuntime(at.id(), "d", "claude", 2);
    var worker = at.newAgent(runtime, ",\"max_concurrent_tasks\":2");
    var made =
        api.post(
                "/api/schedules" + in,
                "{\"title\":\"t\",\"agent_id\":\"%s\",\"every_seconds\":3600,\"overlap\":\"cancel\"}"
                    .formatted(worker))
            .ok();
    var run = path(Api.id(made)) + "/run";
    api.post(run, "{}").ok();
    var first = Api.id(api.claim(runtime));
    api.start(first).ok();

    var second = UUID.fromString(api.post(run, "{}").ok().get("task_id").asString());

    assertThat(at.task(first).get("cancel_requested_at").isNull()).isFalse();
    assertThat(api.claim(runtime).path("id").isMissingNode()).isTrue();
    at.write(first, "cancel-ack", 1, "{}").ok();
    assertThat(Api.id(api.claim(runtime, 5))).isEqualTo(second);
  }

  @Test
  void aScheduleWhoseAgentIsGonePausesAndHoldsUpNoOther() {
    var gone = newAgent("");
    var without =
        Api.id(
            api.post(
                    "/api/schedules" + in,
                    "{\"title\":\"t\",\"agent_id\":\"%s\",\"every_seconds\":60}".formatted(gone))
                .ok());
    var with = make(",\"every_seconds\":60");
    api.delete("/api/agents/" + gone).ok();
    due(without, 5);
    due(with, 1);
    awaitRead(with, "fired", "1");
    awaitRead(without, "status", "paused");

    assertThat(read(without).get("last_error").asString()).contains("agent is gone");
    assertThat(read(without).get("missed").asInt()).isEqualTo(1);
    api.send("PATCH", path(without), "{\"agent_id\":\"%s\"}".formatted(agent)).ok();
    assertThat(api.post(path(without) + "/resume", "{}").ok().get("last_error").isNull()).isTrue();
  }

  @Test
  void aScheduleThatCannotBeReadHoldsUpNoOther() {
    var broken = make(",\"cron\":\"0 0 * * *\"");
    var with = make(",\"every_seconds\":60");
    at.db()
        .sql("UPDATE schedule SET time_zone = 'Nowhere/None' WHERE id = :id")
        .param("id", broken)
        .update();
    due(broken, 30);
    due(with, 1);
    awaitRead(with, "fired", "1");
    await()
        .atMost(AT_MOST)
        .until(() ->
            at.db()
                .sql("SELECT last_error IS NOT NULL FROM schedule WHERE id = :id")
                .param("id", broken)
                .query(Boolean.class)
                .single());
    at.db().sql("DELETE FROM schedule WHERE id = :id").param("id", broken).update();
  }

  @Test
  void aScheduleHasTheRightsOfWhoeverMadeIt() {
    var users = new Users(at.muster());
    var user = users.newUser();
    users.join(user, at.id(), "member");
    var member = users.api(user, Users.Narrowing.NONE);
    var theirs = Api.id(member.post("/api/schedules" + in, body(",\"every_seconds\":60")).ok());
    var own = make(",\"every_seconds\":3600");
    var secret = newAgent(",\"visibility\":\"private\"");
    var toSecret = "{\"agent_id\":\"%s\"}".formatted(secret);

    assertThat(member.get(path(own)).status()).isEqualTo(200);
    for (var verb : List.of("/pause", "/resume", "/run")) {
      assertThat(member.post(path(own) + verb, "{}").status()).as(verb).isEqualTo(403);
    }
    assertThat(member.send("PATCH", path(own), "{\"title\":\"x\"}").status()).isEqualTo(403);
    assertThat(member.delete(path(own)).status()).isEqualTo(403);
    assertThat(member.send("PATCH", path(theirs), toSecret).status()).isEqualTo(404);
    var byOwner = api.send("PATCH", path(theirs), toSecret);
    assertThat(byOwner.status()).isEqualTo(400);
    assertThat(byOwner.json().get("field").asString()).isEqualTo("agent_id");
    assertThat(users.newApi().get(path(own)).status()).isEqualTo(404);
    var daemon = users.api(user, new Users.Narrowing("daemon", at.id()));
    assertThat(daemon.post("/api/schedules" + in, body(",\"every_seconds\":60")).status())
        .isEqualTo(403);

    at.db().sql("DELETE FROM member WHERE user_id = :user").param("user", user).update();
    due(theirs, 1);
    awaitRead(theirs, "status", "paused");
    assertThat(read(theirs).get("last_error").asString()).contains("no member");
  }

  @ParameterizedTest
  @CsvSource({"EST, America/Panama", "MST, America/Phoenix", "HST, Pacific/Honolulu", "UTC, UTC"})
  void aZoneThatIsALinkIsTheOneItLeadsTo(String given, String kept) {
    var made = make(",\"cron\":\"@daily\",\"time_zone\":\"%s\"".formatted(given));

    assertThat(read(made).get("time_zone").asString()).isEqualTo(kept);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "``                                      | cron           | is required, or else"
            + " every_seconds or at",
        ",'cron':'0 25 * * *'                    | cron           | is wrong at position 3: hour:"
            + " '25'",
        ",'cron':'0 0 30 2 *'                    | cron           | is never due",
        ",'cron':'@daily','every_seconds':60     | every_seconds  | cannot be combined with cron",
        ",'every_seconds':60,'at':'2030-01-01T00:00:00Z' | at     | cannot be combined with"
            + " every_seconds",
        ",'cron':'@daily','time_zone':'CEST+1'   | time_zone      | is no IANA time zone",
        ",'cron':'@daily','time_zone':'utc'      | time_zone      | is no IANA time zone: did you mean UTC?",
        ",'cron':'@daily','time_zone':'europe/berlin ' | time_zone | is no IANA time zone: did you mean Europe/Berlin?",
        ",'every_seconds':60,'time_zone':'UTC'   | time_zone      | is for cron alone",
        ",'cron':'@daily','starts_at':'2030-01-01T00:00:00Z' | starts_at | is for every_seconds"
            + " alone",
        ",'every_seconds':59                     | every_seconds  | must be between 60 and",
        ",'every_seconds':60,'starts_at':'soon'  | starts_at      | is not an RFC 3339 date and"
            + " time",
        ",'every_seconds':60,'starts_at':'-999999999-01-01T00:00:00Z' | starts_at | is not of the"
            + " years 1 to 9999",
        ",'every_seconds':60,'starts_at':'1999-01-01T00:00:00Z' | starts_at | is more than ten"
            + " years away",
        ",'at':'2020-01-01T00:00:00Z'            | at             | is in the past",
        ",'at':'9999-01-01T00:00:00Z'            | at             | is more than ten years away",
        ",'at':'tomorrow'                        | at             | is not an RFC 3339 date and"
            + " time",
        ",'cron':'@daily','overlap':'allow'      | overlap        | must be one of skip, queue,"
            + " cancel",
        ",'cron':'@daily','catch_up':101         | catch_up       | must be between 0 and 100",
        ",'cron':'@daily','jitter_seconds':-1    | jitter_seconds | must be between 0 and 3600",
        ",'cron':'@daily','max_attempts':0       | max_attempts   | must be between 1 and 20",
        ",'cron':'@daily','priority':'asap'      | priority       | must be one of",
        ",'cron':'@daily','provider':'claude'    | agent_id       | cannot be combined with"
            + " provider or labels"
      })
  void whatCannotBeIsRefusedWithItsField(String more, String field, String reason) {
    var answer = api.post("/api/schedules" + in, body(more.replace('\'', '"')));

    assertThat(answer.status()).as(answer.text()).isEqualTo(400);
    assertThat(answer.json().get("field").asString()).isEqualTo(field);
    assertThat(answer.json().get("reason").asString()).startsWith(reason);
    assertThat(api.get("/api/schedules" + in).ok().get("items")).isEmpty();
  }

  @Test
  void aNewZoneForWhatHasNoneIsRefusedAndAPassedTimeIsNotResumed() {
    var id = make(",\"at\":\"%s\"".formatted(Instant.now().plus(1, ChronoUnit.DAYS)));
    assertThat(api.send("PATCH", path(id), "{\"time_zone\":\"UTC\"}").status()).isEqualTo(400);
    api.post(path(id) + "/pause", "{}").ok();
    at.db()
        .sql("UPDATE schedule SET once_at = now() - interval '1 second' WHERE id = :id")
        .param("id", id)
        .update();

    assertThat(api.post(path(id) + "/resume", "{}").status()).isEqualTo(409);
  }

  @Test
  void aWorkspaceHasSoManySchedules() {
    at.db()
        .sql(
            """
            INSERT INTO schedule (workspace_id, agent_id, created_by, title, priority, max_attempts, every_seconds, starts_at,
                                  overlap, catch_up, jitter_seconds, paused)
            SELECT :w, :agent, (SELECT user_id FROM member WHERE workspace_id = :w LIMIT 1), 'S', 'none', 2, 60, now(), 'skip',
                   1, 0, true
              FROM generate_series(1, 1000)
            """)
        .param("w", at.id())
        .param("agent", agent)
        .update();

    var answer = api.post("/api/schedules" + in, body(",\"every_seconds\":60"));
    assertThat(answer.status()).isEqualTo(409);
    assertThat(answer.json().get("quota").asString()).isEqualTo("schedules");
  }
}
