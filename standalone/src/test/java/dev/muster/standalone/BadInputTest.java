package dev.muster.standalone;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.api.request.RouteOwner;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Whatever is sent to whatever route: an answer that says what is wrong, and nothing changed.
class BadInputTest {
  private static final int FUZZ_REQUESTS = Integer.getInteger("muster.test.fuzz", 2_000);

  /// Nothing that is asked for here takes as long, on however busy a machine.
  private static final Duration SLOW = Duration.ofSeconds(10);

  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final Map<String, List<String>> OTHER_TYPES =
      Map.of(
          "text", List.of("1", "1.5", "true", "[]", "{}", "[\"a\"]"),
          "cut", List.of("1", "1.5", "true", "[]", "{}", "[\"a\"]"),
          "number", List.of("\"1\"", "\"\"", "true", "[]", "{}", "1e400", "9".repeat(1_100)),
          "object", List.of("1", "\"a\"", "true", "[]", "[{}]"),
          "flag", List.of("1", "\"a\"", "\"true\"", "[]", "{}"),
          "array", List.of("1", "\"a\"", "\"\"", "true", "{}"));
  private static final String CURSOR_OF_THE_END_OF_TIME =
      Base64.getUrlEncoder()
          .withoutPadding()
          .encodeToString(HexFormat.of().parseHex("00" + "7" + "f".repeat(15) + "0".repeat(32)));
  private static final String LONG = "x".repeat(300_000);

  private final TestMuster muster = TestMuster.get();
  private final RawHttp http = RawHttp.of(muster);
  private final World world = World.create(muster, muster.api());
  private final Refusals refusals = new Refusals();

  private RawHttp.Answer send(Routes.Route route, String path, String headers, String body) {
    return http.send(route.method(), world.fill(path), authorized() + headers, body);
  }

  private String authorized() {
    return "X-Test-Garbage: yes\r\nAuthorization: Bearer " + world.api().token() + "\r\n";
  }

  private RawHttp.Answer send(Routes.Route route, String body) {
    return send(route, route.path(), "Content-Type: application/json\r\n", body);
  }

  private void refused(Routes.Route route, String body) {
    refusals.refused(route.name() + " " + RawHttp.shortened(body), send(route, body));
  }

  private ObjectNode good(Routes.Route route) {
    return (ObjectNode) JSON.readTree(world.fill(String.valueOf(route.body())));
  }

  /// A good body but for one field.
  private String with(Routes.Route route, String field, String json) {
    var body = good(route);
    body.remove(field);
    var rest = body.toString();
    return rest.substring(0, rest.length() - 1)
        + (body.isEmpty() ? "" : ",")
        + "\"%s\":%s}".formatted(field, json);
  }

  private void assertNothingChangedSince(Map<String, String> before) {
    assertThat(refusals.wrong()).isEmpty();
    assertThat(world.kept()).isEqualTo(before);
  }

  @Test
  void everyRouteIsInTheTable() {
    var named = Routes.ALL.stream().map(Routes.Route::name).collect(Collectors.toSet());

    assertThat(named).isEqualTo(Routes.ofProduct(muster));
  }

  @Test
  void everyRequestOfTheTableIsAGoodOneAndItsIdsAreReadInAnyCase() {
    var shared = World.create(muster, muster.api());
    for (var route : Routes.ALL) {
      var fresh = endsSomething(route) ? World.create(muster, muster.api()) : shared;
      var upper = fresh.ids().entrySet().stream();
      var ids =
          upper.collect(
              Collectors.toMap(
                  Map.Entry::getKey,
                  id ->
                      id.getKey().equals("ping")
                          ? id.getValue()
                          : id.getValue().toUpperCase(java.util.Locale.ROOT)));
      var shouting = new World(muster, fresh.api(), fresh.workspace(), ids);

      var answer =
          fresh
              .api()
              .send(
                  route.method(),
                  shouting.fill(route.path()),
                  route.body() == null ? null : shouting.fill(route.body()));

      if (answer.status() >= 300 && !isExpected(route, answer.status())) {
        refusals.note(route.name() + ": " + answer.status() + " " + answer.text());
      }
    }
    assertThat(refusals.wrong()).isEmpty();
  }

  /// Whether the routes behind it would not find what they need.
  private static boolean endsSomething(Routes.Route route) {
    return route.name().matches("DELETE .*|.*/(cancel|start|fail|register|deregister)");
  }

  /// The last owner cannot leave, a plain GET is no handshake, there are no attachments, and nobody
  /// signs in with a provider.
  private static boolean isExpected(Routes.Route route, int status) {
    return (status == 400 && (route.name().endsWith("/leave") || route.name().endsWith("/ws")))
        || (status == 422 && route.name().endsWith("/upload-file"))
        || (status == 404 && route.pattern().startsWith("/oidc/"));
  }

  @Test
  void whatIsNoJsonObjectIsRefused() {
    var before = world.kept();
    var bodies =
        List.of(
            "",
            " ",
            "{",
            "nul",
            "{\"a\":}",
            "[]",
            "\"x\"",
            "\"\"",
            "1",
            "true",
            "{'a':1}",
            "{\"a\" 1}",
            "\u0000",
            "[" + "0,".repeat(99_999) + "0]",
            "[".repeat(100_000),
            "{\"a\":".repeat(100_000),
            "{\"" + "k".repeat(100_000));

    for (var route : Routes.withBody()) {
      bodies.forEach(body -> refused(route, body));
      refusals.refused(
          route.name() + " not UTF-8",
          http.send(
              route.method(),
              world.fill(route.path()),
              authorized(),
              "{\"\u00FF\u00C0".getBytes(ISO_8859_1)));
    }

    assertNothingChangedSince(before);
  }

  @Test
  void aBodyOverTheLimitIsRefusedHoweverItIsSent() {
    var before = world.kept();
    var large = "{\"x\":\"" + "x".repeat(10 * 1024 * 1024) + "\"}";
    var chunked = "%x\r\n%s\r\n0\r\n\r\n".formatted(large.length(), large).getBytes(UTF_8);

    for (var route : Routes.withBody()) {
      if (route.name().matches(".*/(complete|fail|messages)")) {
        continue;
      }
      var answer = send(route, large);
      refusals.refused(route.name() + " 10 MB", answer);
      var inChunks =
          http.send(
              route.method(),
              world.fill(route.path()),
              authorized() + "Transfer-Encoding: chunked\r\n",
              chunked);
      refusals.refused(route.name() + " 10 MB chunked", inChunks);
      if (answer.status() != 413 || inChunks.status() != 413) {
        refusals.note(route.name() + ": " + answer.status() + ", " + inChunks.status());
      }
    }

    assertNothingChangedSince(before);
  }

  @Test
  void brokenChunksAndBodiesThatEndTooSoonAreRefused() {
    var before = world.kept();
    var route = Routes.named("POST /api/issues");

    for (var body :
        List.of("zz\r\n{}\r\n0\r\n\r\n", "5\r\n{}\r\n", "-1\r\n", "ffffffffffff\r\n{")) {
      refusals.refused(
          "chunks " + body,
          http.send(
              "POST",
              world.fill(route.path()),
              authorized() + "Transfer-Encoding: chunked\r\n",
              body));
    }

    assertNothingChangedSince(before);
  }

  @Test
  void aFieldOfAnotherTypeIsRefused() {
    var before = world.kept();

    for (var route : Routes.withBody()) {
      for (var field : route.fields().entrySet()) {
        for (var json : OTHER_TYPES.getOrDefault(field.getValue(), List.of())) {
          var answer = send(route, with(route, field.getKey(), json));
          refusals.refused(
              route.name() + " " + field.getKey() + "=" + RawHttp.shortened(json), answer);
          if (answer.status() != 400) {
            refusals.note(
                route.name()
                    + " "
                    + field.getKey()
                    + "="
                    + RawHttp.shortened(json)
                    + ": "
                    + answer.status());
          }
        }
      }
    }

    assertNothingChangedSince(before);
  }

  @Test
  void aMissingFieldIsRefusedInTheSeedsWords() {
    var before = world.kept();

    for (var route : Routes.withBody()) {
      if (route.emptyError().isEmpty()) {
        continue;
      }
      var isStrict = RouteOwner.MUSTER.routes().contains(route.name());
      for (var body : List.of("{}", "null", "{} trailing")) {
        var answer = send(route, body);
        refusals.refused(route.name() + " " + body, answer);
        assertThat(JSON.readTree(answer.text()).get("error").asString())
            .as(route.name() + " " + body)
            .isEqualTo(isStrict ? strictError(route, body) : route.emptyError());
      }
    }

    assertNothingChangedSince(before);
  }

  private static String strictError(Routes.Route route, String body) {
    return switch (body) {
      case "{} trailing" -> "invalid request body";
      case "null" -> "the body is null: send an object";
      default -> route.emptyError();
    };
  }

  @Test
  void aTextThatIsTooLongIsRefused() {
    var before = world.kept();

    for (var route : Routes.withBody()) {
      for (var field : route.fields().entrySet()) {
        var body =
            switch (field.getValue()) {
              case "text" -> with(route, field.getKey(), "\"" + LONG + "\"");
              case "object" -> with(route, field.getKey(), "{\"a\":\"" + LONG + "\"}");
              case "array" ->
                  // What cannot be kept of messages is left out.
                  field.getKey().equals("messages")
                      ? ""
                      : with(route, field.getKey(), "[" + "{},".repeat(100_000) + "{}]");
              default -> "";
            };
        if (!body.isEmpty()) {
          refused(route, body);
        }
      }
    }

    assertNothingChangedSince(before);
  }

  @Test
  void numbersOutOfRangeAreRefused() {
    var before = world.kept();
    var numbers = List.of("9223372036854775808", "-9223372036854775809", "1e1000000", "1.5");

    for (var route : Routes.withBody()) {
      for (var field : route.fields().entrySet()) {
        if (field.getValue().equals("number") && !field.getKey().equals("position")) {
          numbers.forEach(number -> refused(route, with(route, field.getKey(), number)));
        }
        if (field.getValue().equals("object") || field.getKey().equals("tools")) {
          var json = field.getValue().equals("object") ? "{\"a\":%s}" : "[%s]";
          refused(route, with(route, field.getKey(), json.formatted("1e400")));
          refused(route, with(route, field.getKey(), json.formatted("1e300")));
        }
      }
    }
    refused(Routes.named("PUT /api/issues/{id}"), "{\"position\":1e400}");
    refused(Routes.named("PUT /api/issues/{id}"), "{\"position\":1e1000000}");

    assertNothingChangedSince(before);
  }

  @Test
  void keysAsLongAsTheLimitsAllowFitIntoTheIndexes() {
    var random = new java.util.Random(1);
    var wide =
        random
            .ints(500, 0x4E00, 0x9FA5)
            .mapToObj(Character::toString)
            .collect(Collectors.joining());

    var route = Routes.named("POST /api/daemon/register");
    refusals.check(
        "register",
        send(
            route,
            "{\"workspace_id\":\"{workspace}\",\"daemon_id\":\"%s\",\"runtimes\":[{\"type\":\"%s\"}]}"
                .formatted(wide, wide)
                .replace("{workspace}", world.workspace().toString())));
    refusals.check(
        "usage",
        send(
            Routes.named("POST /api/daemon/runtimes/{id}/usage"),
            "{\"entries\":[{\"date\":\"2026-01-01\",\"provider\":\"%s\",\"model\":\"%s\"}]}"
                .formatted(wide, wide)));

    assertThat(refusals.wrong()).isEmpty();
  }

  @Test
  void textThatPostgresCannotHoldIsReplaced() {
    for (var route : Routes.withBody()) {
      for (var field : route.fields().entrySet()) {
        var json =
            switch (field.getValue()) {
              case "object" -> "{\"a\\u0000\\udc00\":\"b\\u0000\\ud800\"}";
              case "array" -> "[{\"a\\u0000\":\"\\ud800\"}]";
              case "number", "flag" -> "null";
              default -> "\"a\\u0000b\\ud800c\\udc00\\ud800\"";
            };
        refusals.check(
            route.name() + " " + field.getKey(), send(route, with(route, field.getKey(), json)));
      }
    }

    assertThat(refusals.wrong()).isEmpty();
    assertThat(muster.feed().complete(muster, world.workspace())).isNotEmpty();
  }

  @Test
  void anIdThatNamesNothingIsRefusedOrFindsNothing() {
    var before = world.kept();
    var ids =
        List.of(
            UUID.randomUUID().toString(),
            "nonsense",
            "%00",
            "a;b",
            ";",
            "..",
            ".",
            "%2e%2e",
            "%2f",
            "%5c",
            "%zz",
            "%",
            "%ED%A0%80",
            "%FF",
            "x".repeat(5_000),
            "x".repeat(20_000),
            "'--",
            "%27%20OR%201=1",
            "-1",
            "MUS-0",
            "X-99999999999999999999",
            "X-2147483648",
            "\u00E9",
            "{",
            "[",
            "^",
            "%0d%0aX:y",
            "0".repeat(32),
            "%20",
            "*");

    for (var route : Routes.ALL) {
      for (var name : world.ids().keySet()) {
        var at = route.pathOnly().indexOf("{" + name + "}");
        if (at < 0) {
          continue;
        }
        for (var id : ids) {
          var path =
              route
                  .path()
                  .replaceFirst("\\{" + name + "}", java.util.regex.Matcher.quoteReplacement(id));
          var answer = send(route, path, "", world.fill(String.valueOf(route.body())));
          var request = route.method() + " " + RawHttp.shortened(path);
          if (isLenient(route)) {
            refusals.check(request, answer);
          } else {
            refusals.refused(request, answer);
          }
        }
      }
    }

    assertNothingChangedSince(before);
  }

  /// The seed answers these as if the thing were there.
  private static boolean isLenient(Routes.Route route) {
    return route.name().startsWith("DELETE /api/tokens")
        || route.name().matches(".*/(claim|pending|progress|usage|result)");
  }

  @Test
  void garbageInTheQueryIsRefusedOrIgnored() {
    var before = world.kept();
    var names =
        List.of(
            "workspace_id",
            "status",
            "priority",
            "assignee_id",
            "agent_id",
            "runtime_id",
            "issue_id",
            "cursor",
            "limit",
            "offset",
            "after",
            "days",
            "token",
            "%00",
            "a%zz");
    var values =
        List.of(
            "%00",
            "%zz",
            "%",
            "-1",
            "0",
            "99999999999",
            "1e9",
            "%ED%A0%80",
            "x".repeat(400),
            "'",
            "a&status=b",
            "",
            "[]",
            "%F0%9F%98%80",
            CURSOR_OF_THE_END_OF_TIME);

    for (var route : Routes.ALL) {
      if (!route.method().equals("GET")) {
        continue;
      }
      for (var value : values) {
        var all = names.stream().map(name -> name + "=" + value).collect(Collectors.joining("&"));
        query(route, route.pathOnly() + "?" + all);
        if (route.path().contains("?")) {
          names.forEach(name -> query(route, withParameter(route.path(), name, value)));
        }
      }
      query(route, route.pathOnly() + "?" + "a=1&".repeat(1_900));
    }

    assertNothingChangedSince(before);
  }

  private static String withParameter(String path, String name, String value) {
    var others =
        java.util.Arrays.stream(path.substring(path.indexOf('?') + 1).split("&", -1))
            .filter(parameter -> !parameter.startsWith(name + "="))
            .collect(Collectors.joining("&"));
    return path.substring(0, path.indexOf('?')) + "?" + name + "=" + value + "&" + others;
  }

  private void query(Routes.Route route, String path) {
    refusals.check("GET " + RawHttp.shortened(path), send(route, path, "", ""));
  }

  @Test
  void otherMethodsAreRefusedAndChangeNothing() {
    var before = world.kept();
    var patterns = Routes.ALL.stream().collect(Collectors.groupingBy(Routes.Route::pattern));

    patterns.forEach((pattern, routes) -> {
      var known = new ArrayList<>(routes.stream().map(Routes.Route::method).toList());
      if (pattern.equals("/api/issues/search")) {
        // To these it is the name of an issue that there is not.
        known.addAll(List.of("PUT", "DELETE"));
      }
      for (var method :
          List.of("GET", "POST", "PUT", "PATCH", "DELETE", "TRACE", "CONNECT", "FOO", "get")) {
        if (known.contains(method)) {
          continue;
        }
        var path = world.fill(routes.getFirst().path());
        var answer = http.send(method, path, authorized(), "{}");
        refusals.refused(method + " " + path, answer);
        if (List.of("GET", "POST", "PUT", "PATCH", "DELETE").contains(method)
            && (answer.status() != 405 || !answer.headers().containsKey("allow"))) {
          refusals.note(method + " " + path + ": " + answer.status() + " " + answer.headers());
        }
      }
    });

    assertNothingChangedSince(before);
  }

  @Test
  void headAndOptionsChangeNothing() {
    var before = world.kept();

    for (var route : Routes.ALL) {
      for (var method : List.of("HEAD", "OPTIONS")) {
        var answer = http.send(method, world.fill(route.path()), authorized(), "");
        if (answer.status() >= 500) {
          refusals.note(method + " " + route.path() + ": " + answer.status());
        }
      }
    }

    assertNothingChangedSince(before);
  }

  @Test
  void aPathThatNobodyServesIsNotFound() {
    for (var path :
        List.of(
            "/api",
            "/api/",
            "/api/nothing",
            "/error",
            "/api/daemon/register/",
            "/api/daemon/heartbeat/",
            "/actuator",
            "/actuator/env",
            "/WEB-INF/web.xml",
            "/index.htm",
            "/api/me/")) {
      var answer = http.send("GET", path, authorized(), "");
      refusals.refused(path, answer);
      assertThat(answer.status()).as(path).isEqualTo(404);
    }
    assertThat(refusals.wrong()).isEmpty();
  }

  @Test
  void garbageInHeadersIsRefusedOrIgnored() {
    var values =
        List.of(
            "\u0001",
            "\u00E9\u0085",
            "\u00FF",
            "x".repeat(7_000),
            "x".repeat(70_000),
            "%00",
            "1e9",
            "-1",
            "99999999999999999999",
            ";;;,,=",
            "wait=999999",
            "");
    var before = world.kept();

    for (var name :
        List.of(
            "X-Workspace-ID",
            "Authorization",
            "Accept",
            "Accept-Language",
            "Accept-Encoding",
            "Content-Type",
            "Origin",
            "Cookie",
            "Range",
            "If-None-Match",
            "If-Modified-Since",
            "X-Forwarded-For",
            "Upgrade",
            "Expect",
            "Claim-Generation",
            "Prefer",
            "Idempotency-Key",
            "Transfer-Encoding",
            "Content-Length",
            "Host")) {
      for (var value : values) {
        var headers =
            (name.equals("Authorization") ? "" : authorized()) + name + ": " + value + "\r\n";
        for (var path :
            List.of(
                "/api/issues",
                "/api/me",
                "/ws?workspace_id={workspace}",
                "/api/issues/MUS-1",
                "/")) {
          refusals.check(
              "GET " + path + " " + name + ": " + RawHttp.shortened(value),
              http.send("GET", world.fill(path), headers, new byte[0]));
        }
      }
    }

    assertNothingChangedSince(before);
  }

  @Test
  void aGenerationThatIsNoNumberIsRefused() {
    var before = world.kept();

    for (var verb : List.of("start", "complete", "fail")) {
      for (var value : List.of("x", "1.5", "99999999999999999999", "0x1", "\u0661")) {
        var answer =
            http.send(
                "POST",
                world.fill("/api/daemon/tasks/{running}/" + verb),
                authorized() + "Claim-Generation: " + value + "\r\n",
                "{}");
        refusals.refused(verb + " " + value, answer);
      }
    }

    assertNothingChangedSince(before);
  }

  @Test
  void noContentTypeOrAcceptKeepsABodyFromBeingRead() {
    for (var type :
        List.of(
            "application/x-www-form-urlencoded",
            "multipart/form-data",
            "multipart/form-data; boundary=x",
            "text/plain",
            "garbage",
            "a/b/c",
            "application/json; charset=nonsense")) {
      for (var accept : List.of("*/*", "text/html", "garbage", "image/png;q=x")) {
        for (var name :
            List.of("POST /api/issues", "PUT /api/issues/{id}", "PATCH /api/workspaces/{id}")) {
          var route = Routes.named(name);
          var headers = "Content-Type: " + type + "\r\nAccept: " + accept + "\r\n";
          var answer = send(route, route.path(), headers, world.fill(String.valueOf(route.body())));
          if (answer.status() >= 300) {
            refusals.note(
                name + " " + type + " " + accept + ": " + answer.status() + " " + answer.text());
          }
        }
      }
    }
    assertThat(refusals.wrong()).isEmpty();
  }

  @Test
  void aFieldThatIsGivenTwiceIsRefusedAndOfMulticasTheLastCounts() {
    for (var route : Routes.withBody()) {
      var body = world.fill(String.valueOf(route.body()));
      var doubled = "{" + body.substring(1, body.length() - 1) + "," + body.substring(1);
      var isOwn = RouteOwner.MUSTER.routes().contains(route.name());
      var answer = send(route, doubled);
      if (answer.text().contains("is given more than once") != isOwn) {
        refusals.note(route.name() + ": " + answer.text());
      }
      refusals.check(route.name(), answer);
    }
    assertThat(refusals.wrong()).isEmpty();
  }

  @Test
  void theLargestTextsStillGoThroughTheFeed() {
    var random = new java.util.Random(2);
    var wide =
        random
            .ints(256 * 1024, 0x4E00, 0x9FA5)
            .mapToObj(Character::toString)
            .collect(Collectors.joining());
    var control = "\\u0001".repeat(256 * 1024);
    var issue = Routes.named("PUT /api/issues/{id}");
    send(issue, "{\"description\":\"" + wide + "\"}");
    send(issue, "{\"description\":\"" + control + "\"}");
    send(
        Routes.named("POST /api/daemon/tasks/{id}/complete"),
        "{\"output\":\"%s\",\"pr_url\":\"%s\",\"session_id\":\"%s\",\"work_dir\":\"%s\"}"
            .formatted(control, control, control, control));

    var labels = "{\"a\":\"" + "\u4E00".repeat(4_000) + "\"}";
    var runtimes = new ArrayList<String>();
    for (var i = 0; i < 100; i++) {
      runtimes.add("{\"type\":\"p%d\",\"labels\":%s}".formatted(i, labels));
    }
    var registered =
        send(
            Routes.named("POST /api/daemon/register"),
            "{\"workspace_id\":\"%s\",\"daemon_id\":\"many\",\"runtimes\":[%s]}"
                .formatted(world.workspace(), String.join(",", runtimes)));

    assertThat(registered.status()).isEqualTo(200);
    assertThat(muster.feed().story(world.workspace(), UUID.fromString(world.ids().get("running"))))
        .isNotNull();
    assertThat(muster.feed().complete(muster, world.workspace())).isNotEmpty();
  }

  /// As many as `-Dmuster.test.fuzz` says.
  @Test
  void randomRequestsNeverBreakTheServer() {
    var seed = Long.getLong("muster.test.seed", System.nanoTime());
    System.out.println("BadInputTest: -Dmuster.test.seed=" + seed);
    var foreign = World.create(muster, muster.api());
    var untouched = foreign.kept();
    var fuzz = new Fuzz(seed, foreign);

    for (var i = 0; i < FUZZ_REQUESTS; i++) {
      var request = fuzz.next(world);
      var before = i % 20 == 0 ? world.kept() : Map.<String, String>of();
      var sent = System.nanoTime();
      var answer =
          http.send(
              request.method(), request.target(), authorized() + request.headers(), request.body());
      if (System.nanoTime() - sent > SLOW.toNanos()) {
        refusals.note("slow: " + request);
      }
      refusals.check(request.toString(), answer);
      if (answer.status() >= 400
          && !before.isEmpty()
          && !world.kept().equals(before)
          && changesWheneverItIsSent(request)) {
        refusals.note("changed something: " + request);
      }
    }

    assertThat(refusals.wrong()).as("seed %d", seed).isEmpty();
    untouched.forEach((table, is) -> {
      // Its daemon is silent meanwhile, which changes what has to do with runtimes; pings end.
      if (!table.startsWith("all ")
          && !List.of("runtime", "runtime_ping", "feed", "task", "task_attempt").contains(table)) {
        assertThat(foreign.kept()).as("seed %d", seed).containsEntry(table, is);
      }
    });
  }

  /// What an accepted request set going, the dispatcher may finish between two looks: only a change
  /// that is there every time is the refused request's own.
  private boolean changesWheneverItIsSent(Fuzz.Request request) {
    for (var i = 0; i < 5; i++) {
      world.awaitSettled();
      var before = world.kept();
      http.send(
          request.method(), request.target(), authorized() + request.headers(), request.body());
      if (world.kept().equals(before)) {
        return false;
      }
    }
    return true;
  }
}
