package dev.muster.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/// Webhooks, as people use them, and as servers take what they send or do not.
class WebhookTest {
  private static final Duration AT_MOST = Duration.ofSeconds(30);

  private final TestWorkspace at = TestWorkspace.make();
  private final Api api = at.api();
  private final String in = "?workspace_id=" + at.id();
  private final Receiver receiver = new Receiver();

  @AfterEach
  void theReceiverStops() {
    receiver.close();
  }

  private JsonNode make(Api by, String path, String events) {
    var body =
        "{\"name\":\"W\",\"url\":\"%s\",\"events\":%s}".formatted(receiver.url(path), events);
    return by.post("/api/webhooks" + in, body).ok();
  }

  private JsonNode make(String path, String events) {
    return make(api, path, events);
  }

  private static String path(JsonNode webhook) {
    return "/api/webhooks/" + Api.id(webhook);
  }

  private JsonNode read(JsonNode webhook) {
    return api.get(path(webhook)).ok();
  }

  private UUID issue(String title) {
    return Api.id(api.post("/api/issues" + in, "{\"title\":\"%s\"}".formatted(title)).ok());
  }

  private void change(UUID issue, String title) {
    api.put("/api/issues/" + issue, "{\"title\":\"%s\"}".formatted(title)).ok();
  }

  private List<String> titles(String path, UUID issue) {
    return receiver.at(path).stream()
        .filter(request -> request.subject().equals(issue.toString()))
        .map(request -> request.json().at("/data/issue/title").asString())
        .toList();
  }

  private void awaitSent(String path, int requests) {
    await().atMost(AT_MOST).until(() -> receiver.at(path).size() >= requests);
  }

  private void awaitRead(JsonNode webhook, String member, String value) {
    await()
        .atMost(AT_MOST)
        .untilAsserted(() -> assertThat(read(webhook).get(member).asString()).isEqualTo(value));
  }

  /// As if the pauses were over.
  private void due(JsonNode webhook) {
    at.db()
        .sql("UPDATE webhook_delivery SET next_at = now() WHERE webhook_id = :id AND NOT failed")
        .param("id", Api.id(webhook))
        .update();
    at.db()
        .sql("UPDATE webhook SET retry_at = now() WHERE id = :id AND retry_at IS NOT NULL")
        .param("id", Api.id(webhook))
        .update();
  }

  private void longAgo(JsonNode webhook, String table, String column) {
    at.db()
        .sql(
            "UPDATE %1$s SET %2$s = now() - interval '4 days' WHERE %3$s = :id"
                .formatted(table, column, table.equals("webhook") ? "id" : "webhook_id"))
        .param("id", Api.id(webhook))
        .update();
  }

  @Test
  void eachEventThatIsWantedIsSentOnceInOrderSignedAndAsInTheFeed() {
    var webhook = make("/all", "[\"issue.*\",\"webhook.created\"]");
    var one = issue("a");
    var other = issue("A");
    for (var title : List.of("b", "c", "d")) {
      change(one, title);
      change(other, title + title);
    }
    api.post("/api/skills" + in, "{\"name\":\"not wanted\"}").ok();
    awaitRead(webhook, "delivered", "9");

    var sent = receiver.at("/all");
    assertThat(sent.stream().filter(request -> request.event().equals("webhook.created")))
        .hasSize(1);
    assertThat(titles("/all", one)).containsExactly("a", "b", "c", "d");
    assertThat(titles("/all", other)).containsExactly("A", "bb", "cc", "dd");
    var feed = api.get("/api/workspaces/" + at.id() + "/events").ok();
    var events =
        feed.get("events")
            .valueStream()
            .collect(Collectors.toMap(event -> event.get("position").asLong(), event -> event));
    assertThat(sent)
        .hasSize(9)
        .allSatisfy(request -> {
          var event = Objects.requireNonNull(events.get(request.position()));
          var json = request.json();
          assertThat(json.get("data")).isEqualTo(event.get("data"));
          assertThat(json.get("id").asString()).isEqualTo(at.id() + ":" + request.position());
          assertThat(json.get("source").asString()).isEqualTo("/workspaces/" + at.id());
          assertThat(json.get("specversion").asString()).isEqualTo("1.0");
          assertThat(Instant.parse(json.get("time").asString()))
              .isEqualTo(Instant.parse(event.get("time").asString()));
          assertThat(json.get("epoch").asString()).isEqualTo(feed.get("epoch").asString());
          assertThat(request.id())
              .isEqualTo(json.get("epoch").asString() + ":" + json.get("id").asString());
          assertThat(request.type()).startsWith("application/cloudevents+json");
          assertThat(request.isSignedWith(webhook.get("secret").asString())).isTrue();
          assertThat(request.isSignedWith("whsec_bm90IHRoZSBzZWNyZXQ=")).isFalse();
        });
    assertThat(read(webhook).has("secret")).isFalse();
    assertThat(read(webhook).get("last_status").asInt()).isEqualTo(204);
  }

  @Test
  void whatIsNotTakenComesAgainAndHoldsBackOnlyWhatComesAfterIt() {
    var isBad = new AtomicBoolean(true);
    receiver.answer(
        "/bad", request -> isBad.get() && request.body().contains("\"bad\"") ? 500 : 200);
    var webhook = make("/bad", "[\"issue.*\"]");
    var bad = issue("bad");
    awaitRead(webhook, "waiting", "1");
    change(bad, "better");
    var good = issue("good");
    change(good, "best");
    await().atMost(AT_MOST).until(() -> titles("/bad", good).size() == 2);
    awaitRead(webhook, "waiting", "2");

    assertThat(titles("/bad", bad)).containsOnly("bad");
    var deliveries = api.get(path(webhook) + "/deliveries").ok().get("items");
    assertThat(deliveries.get(0).get("attempts").asInt()).isZero();
    assertThat(deliveries.get(1).get("last_error").asString()).isEqualTo("answered 500");
    isBad.set(false);
    due(webhook);
    awaitRead(webhook, "waiting", "0");
    assertThat(titles("/bad", bad).stream().distinct()).containsExactly("bad", "better");
    assertThat(titles("/bad", bad)).endsWith("bad", "better");
    var ids =
        receiver.at("/bad").stream()
            .filter(request -> request.subject().equals(bad.toString()))
            .filter(request -> request.event().equals("issue.created"))
            .map(Receiver.Request::id)
            .distinct();
    assertThat(ids).hasSize(1);
  }

  @Test
  void whatIsReadTogetherStaysInOrderWhereItsFirstIsNotTaken() {
    var areThere = new CompletableFuture<Void>();
    var isBad = new AtomicBoolean(true);
    receiver.answer(
        "/together",
        request -> {
          if (request.body().contains("\"gate\"")) {
            areThere.join();
          }
          return isBad.get() && request.body().contains("\"bad\"") ? 500 : 200;
        });
    var webhook = make("/together", "[\"issue.*\"]");
    issue("gate");
    awaitSent("/together", 1);
    var bad = issue("bad");
    change(bad, "better");
    change(bad, "best");
    await().atMost(AT_MOST).until(() -> read(webhook).get("behind").asInt() >= 4);
    areThere.complete(null);
    awaitRead(webhook, "waiting", "3");

    assertThat(titles("/together", bad)).containsOnly("bad");
    isBad.set(false);
    due(webhook);
    awaitRead(webhook, "waiting", "0");
    assertThat(titles("/together", bad).stream().distinct())
        .containsExactly("bad", "better", "best");
  }

  private boolean isPaused(JsonNode webhook) {
    return at.db()
        .sql("SELECT coalesce(paused_until > now(), false) FROM webhook WHERE id = :id")
        .param("id", Api.id(webhook))
        .query(Boolean.class)
        .single();
  }

  @Test
  void aServerThatAsksForAPauseIsSentNothingUntilItIsOver() {
    var isBusy = new AtomicBoolean(true);
    receiver.answer("/busy", _ -> isBusy.get() ? 429 : 200);
    receiver.retryAfter("/busy", "600");
    var webhook = make("/busy", "[\"issue.*\"]");
    issue("first");
    await().atMost(AT_MOST).until(() -> isPaused(webhook));
    var other = make("/other", "[\"issue.*\"]");
    issue("second");
    awaitRead(other, "delivered", "1");

    assertThat(receiver.at("/busy")).hasSize(1);
    isBusy.set(false);
    pauseUntil(webhook, "now");
    due(webhook);
    awaitRead(webhook, "delivered", "2");
  }

  @Test
  void aServerThatAsksForAPauseIsNotSentTheRestOfABatch() {
    receiver.answer("/burst", _ -> 429);
    receiver.retryAfter("/burst", "600");
    var webhook = make("/burst", "[\"issue.*\"]");
    pauseUntil(webhook, "infinity");
    IntStream.range(0, 20).forEach(n -> issue("issue " + n));

    pauseUntil(webhook, "now");
    await().atMost(AT_MOST).until(() -> isPaused(webhook));

    assertThat(receiver.at("/burst")).hasSizeBetween(1, 4);
  }

  private void pauseUntil(JsonNode webhook, String time) {
    at.db()
        .sql("UPDATE webhook SET paused_until = :time::timestamptz WHERE id = :id")
        .param("time", time)
        .param("id", Api.id(webhook))
        .update();
  }

  @Test
  void whoChangesAWebhookEndsItsPause() {
    receiver.answer("/pause", _ -> 503);
    receiver.retryAfter("/pause", "Fri, 31 Dec 9999 23:59:59 GMT");
    var webhook = make("/pause", "[\"issue.*\"]");
    issue("first");
    await().atMost(AT_MOST).until(() -> isPaused(webhook));

    api.send("PATCH", path(webhook), "{\"url\":\"%s\"}".formatted(receiver.url("/well"))).ok();

    awaitRead(webhook, "delivered", "1");
  }

  @Test
  void anAddressIsSentAsItWasMeant() {
    var webhook = make("/ok-\u65e5\u672c%20\u00fc", "[\"issue.*\"]");
    issue("first");

    awaitRead(webhook, "delivered", "1");
    assertThat(receiver.at("/ok-\u65e5\u672c \u00fc")).hasSize(1);
    assertThat(read(webhook).get("url").asString()).endsWith("/ok-%E6%97%A5%E6%9C%AC%20%C3%BC");
  }

  /// The lease that is gone when the position would be moved is what a crash leaves behind.
  @Test
  void whatWasSentBeforeACrashIsSentAgainUnderTheSameId() {
    var hasCrashed = new AtomicBoolean();
    var webhook = make("/crash", "[\"issue.*\"]");
    receiver.answer(
        "/crash",
        _ -> {
          if (hasCrashed.compareAndSet(false, true)) {
            at.db()
                .sql("UPDATE webhook SET lease = NULL, leased_until = NULL WHERE id = :id")
                .param("id", Api.id(webhook))
                .update();
          }
          return 200;
        });
    issue("once");
    awaitRead(webhook, "delivered", "1");

    var sent = receiver.at("/crash");
    assertThat(sent).hasSize(2);
    assertThat(sent.get(0).id()).isEqualTo(sent.get(1).id());
    assertThat(sent.get(0).body()).isEqualTo(sent.get(1).body());
  }

  @Test
  void whatIsGivenUpIsListedAndSentAgainWhenAsked() {
    var status = new AtomicInteger(503);
    receiver.answer("/down", _ -> status.get());
    var webhook = make("/down", "[\"issue.*\"]");
    issue("one");
    awaitRead(webhook, "waiting", "1");
    longAgo(webhook, "webhook_delivery", "first_failed_at");
    due(webhook);
    awaitRead(webhook, "failed", "1");

    var failed = api.get(path(webhook) + "/deliveries?state=failed").ok().get("items");
    assertThat(failed).hasSize(1);
    assertThat(failed.get(0).get("last_status").asInt()).isEqualTo(503);
    assertThat(api.get(path(webhook) + "/deliveries?state=waiting").ok().get("items")).isEmpty();
    status.set(200);
    var positions = "{\"positions\":[%d]}".formatted(failed.get(0).get("position").asLong());
    assertThat(api.post(path(webhook) + "/redrive", positions).ok().get("redriven").asInt())
        .isEqualTo(1);
    awaitRead(webhook, "delivered", "1");
    assertThat(read(webhook).get("failed").asInt()).isZero();
    assertThat(receiver.at("/down").stream().map(Receiver.Request::id).distinct()).hasSize(1);
  }

  @Test
  void aWebhookThatNothingTakesIsSwitchedOffAndGoesOnWhereItStood() {
    var status = new AtomicInteger(500);
    receiver.answer("/off", _ -> status.get());
    var webhook = make("/off", "[\"issue.*\"]");
    longAgo(webhook, "webhook", "failing_since");
    issue("first");
    awaitRead(webhook, "disabled_reason", "failing");
    var second = issue("second");
    at.muster().feed().complete(at.muster(), at.id());

    assertThat(read(webhook).get("enabled").asBoolean()).isFalse();
    assertThat(at.count("webhook.disabled")).isEqualTo(1);
    assertThat(titles("/off", second)).isEmpty();
    status.set(200);
    api.send("PATCH", path(webhook), "{\"enabled\":true}").ok();
    awaitRead(webhook, "delivered", "2");
    assertThat(titles("/off", second)).containsExactly("second");

    status.set(410);
    issue("third");
    awaitRead(webhook, "disabled_reason", "gone");
  }

  @Test
  void aMembersWebhookIsSentWhatTheMemberMaySee() {
    var users = new Users(at.muster());
    var member = users.newUser();
    users.join(member, at.id(), "member");
    var members = users.api(member, Users.Narrowing.NONE);
    var theirs = make(members, "/members", "[\"agent.*\",\"issue.created\"]");
    var mine = make("/owners", "[\"agent.*\",\"issue.created\"]");
    api.post(
            "/api/agents" + in,
            "{\"name\":\"Secret\",\"provider\":\"none\",\"visibility\":\"private\"}")
        .ok();
    api.post("/api/agents" + in, "{\"name\":\"Open\",\"provider\":\"none\"}").ok();
    issue("end");
    awaitRead(theirs, "delivered", "2");
    awaitRead(mine, "delivered", "3");

    assertThat(receiver.at("/members").toString()).contains("Open").doesNotContain("Secret");
    assertThat(receiver.at("/owners").toString()).contains("Open", "Secret");
    assertThat(members.get("/api/webhooks" + in).ok().get("items")).hasSize(1);
    assertThat(members.get(path(mine)).status()).isEqualTo(404);
    assertThat(members.send("PATCH", path(mine), "{\"enabled\":false}").status()).isEqualTo(404);
    assertThat(api.get("/api/webhooks" + in).ok().get("items")).hasSize(2);

    api.delete("/api/workspaces/" + at.id() + "/members/" + member).ok();
    issue("later");
    awaitRead(theirs, "disabled_reason", "author_gone");
    assertThat(receiver.at("/members")).hasSize(2);
  }

  @Test
  void aSlowWebhookHoldsUpNoOtherAndNoAssigning() {
    var isOver = new CountDownLatch(1);
    receiver.answer("/slow", _ -> waited(isOver));
    var slow = make("/slow", "[\"issue.*\"]");
    var fast = make("/fast", "[\"issue.*\"]");
    issue("before");
    awaitSent("/slow", 1);
    issue("after");
    awaitRead(fast, "delivered", "2");
    var runtime = api.newRuntime(at.id(), "dm1", "claude", 1);
    var task = at.newTask("{\"title\":\"T\",\"provider\":\"claude\"}");
    await()
        .atMost(AT_MOST)
        .until(() -> at.task(task).get("runtime_id").asString().equals(runtime.toString()));

    assertThat(read(slow).get("delivered").asInt()).isZero();
    isOver.countDown();
    awaitRead(slow, "delivered", "3");
  }

  private static int waited(CountDownLatch latch) {
    try {
      latch.await();
      return 200;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return 500;
    }
  }

  @Test
  void twoDispatchersDeliverEachEventOnce() {
    var servers = TestServers.get();
    var second =
        Applications.dispatcher(
            servers.jdbcUrl(), servers.kafka(), "--server.port=0", TestMuster.PRIVATE_WEBHOOKS);
    try (second) {
      var webhooks = IntStream.range(0, 8).mapToObj(i -> make("/" + i, "[\"issue.*\"]")).toList();
      IntStream.range(0, 25).forEach(i -> issue("n" + i));
      webhooks.forEach(webhook -> awaitRead(webhook, "delivered", "25"));
    }

    var times = new ConcurrentHashMap<String, Integer>();
    IntStream.range(0, 8)
        .mapToObj(i -> receiver.at("/" + i))
        .flatMap(List::stream)
        .forEach(request -> times.merge(request.path() + request.id(), 1, Integer::sum));
    assertThat(times).hasSize(8 * 25);
    assertThat(times.values()).containsOnly(1);
  }

  @Test
  void aWebhookThatWasChangedIsSentNothingMoreWhereItWas() {
    var webhook = make("/old", "[\"issue.*\"]");
    api.send("PATCH", path(webhook), "{\"enabled\":false}").ok();
    var issue = issue("1");
    List.of("2", "3", "4", "5").forEach(title -> change(issue, title));
    var held = new CountDownLatch(1);
    receiver.answer("/old", _ -> answeredAfter(held));
    api.send("PATCH", path(webhook), "{\"enabled\":true}").ok();
    awaitSent("/old", 1);

    api.send("PATCH", path(webhook), "{\"url\":\"%s\"}".formatted(receiver.url("/new"))).ok();
    held.countDown();
    change(issue, "6");

    await()
        .atMost(AT_MOST)
        .until(() -> titles("/new", issue).equals(List.of("1", "2", "3", "4", "5", "6")));
    assertThat(titles("/old", issue)).containsExactly("1");
  }

  private static int answeredAfter(CountDownLatch held) {
    try {
      held.await();
      return 204;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return 503;
    }
  }

  @Test
  void whoRotatesTwiceHasThreeSecretsForAWhile() {
    var webhook = make("/twice", "[\"issue.*\"]");
    var first = webhook.get("secret").asString();
    var second = api.post(path(webhook) + "/rotate", "{}").ok().get("secret").asString();
    var third = api.post(path(webhook) + "/rotate", "{}").ok().get("secret").asString();
    issue("all");
    awaitSent("/twice", 1);
    api.post(path(webhook) + "/rotate", "{\"keep_seconds\":0}").ok();
    issue("none");
    awaitSent("/twice", 2);

    var sent = receiver.at("/twice");
    for (var secret : List.of(first, second, third)) {
      assertThat(sent.get(0).isSignedWith(secret)).isTrue();
      assertThat(sent.get(1).isSignedWith(secret)).isFalse();
    }
  }

  @Test
  void aSecretThatIsRotatedIsGoodForAnotherWhile() {
    var webhook = make("/rotated", "[\"issue.*\"]");
    var first = webhook.get("secret").asString();
    var second = api.post(path(webhook) + "/rotate", "{}").ok();
    issue("both");
    awaitSent("/rotated", 1);
    var third = api.post(path(webhook) + "/rotate", "{\"keep_seconds\":0}").ok();
    issue("one");
    awaitSent("/rotated", 2);

    var sent = receiver.at("/rotated");
    assertThat(second.get("previous_secret_until").isNull()).isFalse();
    assertThat(sent.get(0).isSignedWith(first)).isTrue();
    assertThat(sent.get(0).isSignedWith(second.get("secret").asString())).isTrue();
    assertThat(sent.get(1).isSignedWith(second.get("secret").asString())).isFalse();
    assertThat(sent.get(1).isSignedWith(third.get("secret").asString())).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "url, ftp://localhost/, must begin with https://",
    "url, http://a:b@localhost/, must not have a user or password in it",
    "url, nowhere, is not a URL",
    "name, '', is required",
    "events, [], 'is required: *, or a list as [\"task.*\", \"agent.created\"]'",
    "events, '[\"task.nope\"]', 'has ''task.nope'', which is no event, no family of events as task.*, and not *'",
  })
  void whatCannotBeIsRefused(String field, String value, String reason) {
    var fields =
        Map.of("name", "\"W\"", "url", "\"" + receiver.url("/") + "\"", "events", "[\"*\"]");
    var body =
        fields.entrySet().stream()
            .map(each -> {
              var wrong = field.equals("events") ? value : "\"" + value + "\"";
              return "\"%s\":%s"
                  .formatted(each.getKey(), each.getKey().equals(field) ? wrong : each.getValue());
            })
            .collect(Collectors.joining(",", "{", "}"));
    var answer = api.post("/api/webhooks" + in, body);

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.json().get("field").asString()).isEqualTo(field);
    assertThat(answer.json().get("reason").asString()).isEqualTo(reason);
    assertThat(api.get("/api/webhooks" + in).ok().get("items")).isEmpty();
  }

  @Test
  void aWorkspaceHasTwentyAtMost() {
    IntStream.range(0, 20).forEach(i -> make("/" + i, "[\"skill.deleted\"]"));
    var body = "{\"name\":\"W\",\"url\":\"%s\",\"events\":[\"*\"]}".formatted(receiver.url("/"));
    var answer = api.post("/api/webhooks" + in, body);

    assertThat(answer.status()).isEqualTo(409);
    assertThat(answer.json().get("quota").asString()).isEqualTo("webhooks");
  }
}
