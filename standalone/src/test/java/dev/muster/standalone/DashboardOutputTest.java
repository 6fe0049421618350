package dev.muster.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/// What a task says, for a dashboard that asked to hear it.
class DashboardOutputTest {
  private static final Duration PATIENCE = Duration.ofSeconds(25);

  private final TestWorkspace at = TestWorkspace.make();
  private UUID task = new UUID(0, 0);

  @BeforeEach
  void aRunningTask() {
    var runtime = at.api().newRuntime(at.id(), "dm1", "claude", 1);
    task = at.newTask(at.newAgent(runtime, ""), "");
    at.api().claim(runtime);
    at.api().start(task).ok();
  }

  private Dashboard watch() {
    return Dashboard.watch(at.api(), at.id(), "");
  }

  private void say(int from, int to, String content) {
    var messages =
        IntStream.rangeClosed(from, to)
            .mapToObj(seq ->
                "{\"seq\":%d,\"type\":\"text\",\"content\":\"%s\",\"input\":{\"n\":%d}}"
                    .formatted(seq, content, seq))
            .collect(Collectors.joining(","));
    at.write(task, "messages", 1, "{\"messages\":[%s]}".formatted(messages)).ok();
  }

  private static void subscribe(Dashboard dashboard, UUID task, String more) {
    dashboard.say(
        "{\"type\":\"subscribe\",\"payload\":{\"task_id\":\"%s\"%s}}".formatted(task, more));
  }

  private static List<JsonNode> heard(Dashboard dashboard, UUID task) {
    return dashboard.frames().stream()
        .filter(frame -> frame.get("type").asString().equals("task:messages"))
        .map(frame -> frame.get("payload"))
        .filter(payload -> payload.get("task_id").asString().equals(task.toString()))
        .flatMap(payload -> payload.get("messages").valueStream())
        .toList();
  }

  private void hears(Dashboard dashboard, int... seqs) {
    var expected = IntStream.of(seqs).boxed().toList();
    await()
        .atMost(PATIENCE)
        .untilAsserted(() ->
            assertThat(heard(dashboard, task).stream().map(m -> m.get("seq").asInt()).toList())
                .isEqualTo(expected));
  }

  @Test
  void whatWasSaidComesFirstAndWhatIsSaidFollows() {
    var dashboard = watch();
    var other = watch();
    say(1, 3, "before");
    subscribe(dashboard, task, ",\"from\":0");
    hears(dashboard, 1, 2, 3);
    say(2, 4, "repeated");
    hears(dashboard, 1, 2, 3, 4);
    say(5, 5, "after");
    hears(dashboard, 1, 2, 3, 4, 5);

    assertThat(dashboard.first("subscribed").get("payload").toString())
        .isEqualTo("{\"task_id\":\"%s\",\"from\":0,\"claim_generation\":1}".formatted(task));
    assertThat(dashboard.types().indexOf("subscribed"))
        .isLessThan(dashboard.types().indexOf("task:messages"));
    assertThat(heard(dashboard, task))
        .isEqualTo(at.api().get("/api/tasks/" + task + "/messages").ok().valueStream().toList());
    assertThat(other.types()).doesNotContain("task:messages");
  }

  @Test
  void itBeginsWhereTheClientSays() {
    say(1, 6, "some");
    var dashboard = watch();

    subscribe(dashboard, task, ",\"from\":4");
    hears(dashboard, 4, 5, 6);
    subscribe(dashboard, task, ",\"from\":6");

    hears(dashboard, 4, 5, 6, 6);
  }

  @Test
  void muchIsSentInPartsInOrder() {
    var dashboard = watch();
    for (var from = 1; from <= 1_000; from += 250) {
      say(from, from + 249, "x".repeat(2_000));
    }

    subscribe(dashboard, task, "");

    hears(dashboard, IntStream.rangeClosed(1, 1_000).toArray());
  }

  @Test
  void theNextClaimsOutputFollowsEvenIfNobodyToldOfIt() {
    var dashboard = watch();
    say(1, 2, "first claim");
    subscribe(dashboard, task, ",\"from\":2");
    hears(dashboard, 2);

    at.db()
        .sql(
            """
            INSERT INTO task_message (task_id, claim_generation, seq, type, content)
            VALUES (:task, 2, 1, 'text', 'second claim'), (:task, 2, 2, 'text', 'goes on')
            """)
        .param("task", task)
        .update();

    hears(dashboard, 2, 1, 2);
  }

  @Test
  void whoNoLongerListensHearsNoMore() {
    var dashboard = watch();
    var other = watch();
    say(1, 1, "some");
    subscribe(dashboard, task, "");
    subscribe(other, task, "");
    hears(dashboard, 1);
    hears(other, 1);

    dashboard.say("{\"type\":\"unsubscribe\",\"payload\":{\"task_id\":\"%s\"}}".formatted(task));
    // It answers in order: once this is refused, the other is done.
    dashboard.say("{\"type\":\"subscribe\"}");
    dashboard.first("error");
    say(2, 2, "more");

    hears(other, 1, 2);
    hears(dashboard, 1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{\"task_id\":7}",
        "{\"task_id\":\"nonsense\"}",
        "{\"task_id\":\"{task}\",\"from\":-1}",
        "{\"task_id\":\"{task}\",\"from\":\"1\"}",
        "{\"task_id\":\"{task}\",\"from\":1.5}",
        "{\"task_id\":\"{task}\",\"from\":99999999999}",
        "{\"task_id\":\"{task}\",\"claim_generation\":\"x\"}",
        "[]",
        "\"text\""
      })
  void whatCannotBeUnderstoodIsRefusedAndTheSocketGoesOn(String payload) {
    var dashboard = watch();

    dashboard.say(
        "{\"type\":\"subscribe\",\"payload\":%s}"
            .formatted(payload.replace("{task}", task.toString())));

    assertThat(dashboard.first("error").at("/payload/code").asString()).isEqualTo("malformed");
    subscribe(dashboard, task, "");
    dashboard.first("subscribed");
  }

  @Test
  void whatIsNoRequestIsPassedOver() {
    var dashboard = watch();
    for (var text : List.of("", "nonsense", "[]", "{\"type\":7}", "{\"type\":\"ping\"}", "null")) {
      dashboard.say(text);
    }

    subscribe(dashboard, task, "");

    dashboard.first("subscribed");
    assertThat(dashboard.types()).doesNotContain("error");
  }

  @Test
  void tasksThatAreNotThereOrTooManyAreRefused() {
    var dashboard = watch();
    var nobodys = UUID.randomUUID();
    subscribe(dashboard, nobodys, "");
    assertThat(dashboard.first("error").get("payload").get("code").asString())
        .isEqualTo("not_found");
    assertThat(dashboard.first("error").get("payload").get("task_id").asString())
        .isEqualTo(nobodys.toString());
    var agent = UUID.fromString(at.task(task).get("agent_id").asString());
    for (var i = 0; i < 20; i++) {
      subscribe(dashboard, at.newTask(agent, ""), "");
    }

    subscribe(dashboard, task, "");

    await()
        .untilAsserted(() ->
            assertThat(dashboard.frames())
                .anyMatch(frame -> frame.at("/payload/code").asString().equals("too_many")));
    assertThat(dashboard.types().stream().filter("subscribed"::equals)).hasSize(20);
  }
}
