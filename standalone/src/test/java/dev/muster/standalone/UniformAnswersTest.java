package dev.muster.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.joran.JoranConfigurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.joran.spi.JoranException;
import ch.qos.logback.core.read.ListAppender;
import java.nio.charset.StandardCharsets;
import java.sql.DriverManager;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/// What answers have in common, whatever was asked for.
class UniformAnswersTest {
  private final TestMuster muster = TestMuster.get();
  private final Api api = muster.api();
  private final World world = World.create(muster, api);
  private final String in = "?workspace_id=" + world.workspace();

  private String id(String name) {
    return world.fill("{" + name + "}");
  }

  private static Optional<String> header(Api.Answer answer, String name) {
    return answer.response().headers().firstValue(name);
  }

  @Test
  void whatWasMadeIsFoundWhereTheAnswerSays() {
    var made =
        List.of(
            api.post(
                "/api/tasks" + in, "{\"title\":\"t\",\"agent_id\":\"%s\"}".formatted(id("agent"))),
            api.post("/api/issues" + in, "{\"title\":\"t\"}"),
            api.post("/api/skills" + in, "{\"name\":\"located\"}"),
            api.post(
                "/api/agents" + in,
                "{\"name\":\"located\",\"runtime_id\":\"%s\"}".formatted(id("runtime"))),
            api.post(
                "/api/workspaces",
                "{\"name\":\"located\",\"slug\":\"located-%s\"}".formatted(UUID.randomUUID())));

    for (var answer : made) {
      assertThat(answer.status()).as(answer.text()).isEqualTo(201);
      var found = api.get(location(answer)).ok();
      assertThat(found.get("id")).isEqualTo(answer.json().get("id"));
    }
  }

  /// Relative to the request, since a proxy may have Muster below a path of its own.
  private static String location(Api.Answer answer) {
    var location = header(answer, "Location").orElseThrow();
    assertThat(location).doesNotStartWith("/").doesNotContain("://");
    return answer.response().uri().resolve(location).getPath();
  }

  @Test
  void whatCanOnlyBeTakenAwayAgainIsThereWhereTheAnswerSays() {
    var made =
        List.of(
            api.post("/api/tokens", "{\"name\":\"located\"}"),
            api.post(
                "/api/workspaces/%s/service-tokens".formatted(world.workspace()),
                "{\"name\":\"located\",\"scope\":\"watch\"}"),
            api.post(
                "/api/workspaces/%s/members".formatted(world.workspace()),
                "{\"email\":\"located-%s@x\"}".formatted(UUID.randomUUID())),
            api.post(
                "/api/issues/%s/comments".formatted(id("issue")), "{\"content\":\"located\"}"));

    for (var answer : made) {
      assertThat(answer.status()).as(answer.text()).isEqualTo(201);
      assertThat(api.delete(location(answer)).status()).isEqualTo(204);
    }
  }

  @Test
  void whoIsNotSignedInIsToldHow() {
    var without = new Api(muster.url(), "").get("/api/me");
    var wrong = api.as("mul_wrong").get("/api/me");

    assertThat(without.status()).isEqualTo(401);
    assertThat(header(without, "WWW-Authenticate")).contains("Bearer");
    assertThat(wrong.status()).isEqualTo(401);
    assertThat(header(wrong, "WWW-Authenticate")).contains("Bearer error=\"invalid_token\"");
    assertThat(header(api.get("/api/tasks/none"), "WWW-Authenticate")).isEmpty();
  }

  @Test
  void theNameOfTheSchemeIsReadInAnyCase() {
    var nobody = new Api(muster.url(), "");

    for (var scheme : List.of("Bearer ", "bearer ", "BEARER  ")) {
      var answer = nobody.send("GET", "/api/me", null, "Authorization", scheme + api.token());
      assertThat(answer.status()).as(scheme).isEqualTo(200);
    }
  }

  @Test
  void aRequestKeepsItsNameOrIsGivenOne() {
    var named = api.send("GET", "/api/me", null, "X-Request-ID", "build-7:retry.2");
    var refused = new Api(muster.url(), "").send("GET", "/api/me", null, "X-Request-ID", "build-8");

    assertThat(header(named, "X-Request-ID")).contains("build-7:retry.2");
    assertThat(header(refused, "X-Request-ID")).contains("build-8");
    for (var unfit : List.of("", "a b", "a\"b", "ä", "{}", "x".repeat(129))) {
      var answer = api.send("GET", "/api/me", null, "X-Request-ID", unfit);
      assertThat(header(answer, "X-Request-ID").orElseThrow())
          .as("instead of '%s'", unfit)
          .matches("[0-9a-f-]{36}");
    }
  }

  @Test
  void whoAsksAgainIsToldWhatHasChangedOnly() {
    var issued =
        api.post(
                "/api/tasks" + in,
                "{\"title\":\"polled\",\"agent_id\":\"%s\"}".formatted(id("agent")))
            .ok();
    var paths =
        List.of(
            "/api/tasks/" + issued.get("id").asString(),
            "/api/tasks" + in,
            "/api/dead-letters" + in,
            "/api/workspaces/%s/budget".formatted(world.workspace()));

    for (var path : paths) {
      var tag = header(api.get(path), "ETag").orElseThrow();
      var again = api.send("GET", path, null, "If-None-Match", tag);
      assertThat(again.status()).as(path).isEqualTo(304);
      assertThat(again.text()).isEmpty();
    }
    var task = paths.getFirst();
    var tag = header(api.get(task), "ETag").orElseThrow();
    api.post(task + "/cancel", "{}").ok();
    var changed = api.send("GET", task, null, "If-None-Match", tag);
    assertThat(changed.status()).isEqualTo(200);
    assertThat(header(changed, "ETag").orElseThrow()).isNotEqualTo(tag);
  }

  @Test
  void whatMulticasClientsReadHasNoTag() {
    assertThat(header(api.get("/api/agents" + in), "ETag")).isEmpty();
  }

  /// A request that is cut off from its database while it waits for a row is logged, by its name.
  @Test
  void whatIsLoggedOfARequestBearsItsName() throws Exception {
    var lines = new ListAppender<ILoggingEvent>();
    lines.start();
    var logger = (Logger) LoggerFactory.getLogger("dev.muster.api.edge.Problems");
    logger.addAppender(lines);
    try (var connection = DriverManager.getConnection(TestServers.get().jdbcUrl());
        var statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      statement.execute("LOCK TABLE app_user IN ACCESS EXCLUSIVE MODE");
      var answer =
          CompletableFuture.supplyAsync(
              () -> api.send("GET", "/api/me", null, "X-Request-ID", "cut-off"));
      await().until(() -> cutOffWhatWaits() > 0);
      connection.rollback();

      assertThat(answer.join().status()).isEqualTo(503);
      assertThat(lines.list)
          .extracting(event -> event.getMDCPropertyMap().get("request_id"))
          .contains("cut-off");
      assertThat(line(lines.list.getFirst())).contains(" request_id=cut-off\n");
    } finally {
      logger.detachAppender(lines);
    }
  }

  private int cutOffWhatWaits() {
    return muster
        .db()
        .sql(
            """
            SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
             WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE '%FROM app_user%'
            """)
        .query(Integer.class)
        .single();
  }

  /// The line as Muster's own log has it.
  private static String line(ILoggingEvent event) throws JoranException {
    var context = new LoggerContext();
    var configurator = new JoranConfigurator();
    configurator.setContext(context);
    configurator.doConfigure(
        Objects.requireNonNull(UniformAnswersTest.class.getResource("/logback.xml")));
    var appender = (ConsoleAppender<ILoggingEvent>) context.getLogger("ROOT").getAppender("STDERR");
    return new String(appender.getEncoder().encode(event), StandardCharsets.UTF_8);
  }
}
