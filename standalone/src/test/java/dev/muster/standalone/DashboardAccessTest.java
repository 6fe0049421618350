package dev.muster.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.read.ListAppender;
import java.net.http.WebSocketHandshakeException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/// Who may see what on the socket, whatever is asked of it.
class DashboardAccessTest {
  private final TestWorkspace foreign = TestWorkspace.make();
  private final TestMuster muster = foreign.muster();
  private final Users users = new Users(muster);
  private final UUID user = users.newUser();
  private final UUID own = foreign.api().newWorkspace();
  private Api viewer = new Api("", "");
  private UUID agent = new UUID(0, 0);
  private UUID task = new UUID(0, 0);

  @BeforeEach
  void aViewerOfOneWorkspaceAndATaskInAnother() {
    users.join(user, own, "member");
    viewer = users.api(user, Users.Narrowing.NONE);
    var runtime = foreign.api().newRuntime(foreign.id(), "dm1", "claude", 1);
    agent = foreign.newAgent(runtime, "");
    task = foreign.newTask(agent, "");
    foreign.api().claim(runtime);
    foreign.api().start(task).ok();
  }

  private String epoch() {
    return viewer.get("/api/workspaces/" + own + "/events").ok().get("epoch").asString();
  }

  private String issue() {
    return foreign.task(task).get("issue_id").asString();
  }

  private UUID somethingHappensHere() {
    return Api.id(
        foreign.api().post("/api/issues?workspace_id=" + own, "{\"title\":\"Here\"}").ok());
  }

  private void muchHappensThere() {
    foreign.api().post("/api/daemon/tasks/" + task + "/progress", "{\"summary\":\"secret\"}").ok();
    foreign
        .write(
            task,
            "messages",
            1,
            "{\"messages\":[{\"seq\":1,\"type\":\"text\",\"content\":\"secret\"}]}")
        .ok();
    foreign.api().complete(task, "secret").ok();
    muster.feed().complete(muster, foreign.id());
  }

  @Test
  void noFilterCursorOrReconnectShowsAnotherWorkspace() {
    somethingHappensHere();
    var theirs =
        foreign.api().get("/api/workspaces/" + foreign.id() + "/snapshot").ok().get("cursor");
    var queries =
        List.of(
            "",
            "&agent=" + agent,
            "&issue=" + issue(),
            "&task=" + task,
            "&kinds=task,agent,issue,comment,runtime");
    var dashboards = new ArrayList<Dashboard>();
    for (var query : queries) {
      dashboards.add(Dashboard.watch(viewer, own, query));
      dashboards.add(Dashboard.watch(viewer, own, query + "&since=" + epoch() + ":0"));
      dashboards.add(Dashboard.watch(viewer, own, query + "&since=" + theirs.asString()));
    }
    dashboards.forEach(dashboard ->
        dashboard.say("{\"type\":\"subscribe\",\"payload\":{\"task_id\":\"%s\"}}".formatted(task)));
    muchHappensThere();
    var here = somethingHappensHere();
    muster.feed().complete(muster, own);
    dashboards.getFirst().first("issue:created");

    for (var dashboard : dashboards) {
      assertThat(dashboard.first("error").at("/payload/code").asString()).isEqualTo("not_found");
      assertThat(dashboard.types()).doesNotContain("task:messages", "task:progress");
      assertThat(dashboard.texts())
          .allSatisfy(text ->
              assertThat(text).doesNotContain(foreign.id().toString(), agent.toString(), "secret"));
    }
    assertThat(dashboards.getFirst().texts().toString()).contains(here.toString());
  }

  @Test
  void whoIsNoMemberGetsNoSocketWithWhateverCursor() {
    for (var more : List.of("", "&since=" + epoch() + ":0", "&heartbeat=1", "&task=" + task)) {
      assertThatThrownBy(() -> Dashboard.watch(viewer, foreign.id(), more))
          .hasCauseInstanceOf(WebSocketHandshakeException.class);
      var refused =
          viewer.as("").get("/ws?workspace_id=" + foreign.id() + "&token=" + viewer.token() + more);
      assertThat(refused.status()).isEqualTo(403);
      var knocking = Dashboard.knock(viewer, foreign.id(), more);
      knocking.authenticate(viewer.token());
      assertThat(knocking.closeCode()).isEqualTo(1008);
      assertThat(knocking.texts()).isEmpty();
    }
  }

  @Test
  void aTokenForOneWorkspaceOpensNoOther() {
    users.join(user, foreign.id(), "owner");
    var narrow = users.api(user, new Users.Narrowing("watch", own));

    assertThatThrownBy(() -> Dashboard.watch(narrow, foreign.id(), ""))
        .hasCauseInstanceOf(WebSocketHandshakeException.class);
    Dashboard.watch(narrow, own, "&since=x").first("resume");
  }

  @Test
  void aMembershipThatEndsClosesTheSocketAndItDoesNotComeBack() {
    var dashboard = Dashboard.watch(viewer, own, "&since=" + epoch() + ":0");
    dashboard.first("resume");

    muster
        .db()
        .sql("DELETE FROM member WHERE workspace_id = :workspace AND user_id = :user")
        .param("workspace", own)
        .param("user", user)
        .update();

    assertThat(dashboard.closeCode()).isEqualTo(4001);
    await().untilAsserted(() -> assertThat(Dashboard.statusOf(viewer, own)).isEqualTo(403));
  }

  @Test
  void nothingIsToldBeforeTheTokenWasShown() {
    var knocking = Dashboard.knock(viewer, own, "&since=" + epoch() + ":0");
    knocking.say("{\"type\":\"subscribe\",\"payload\":{\"task_id\":\"%s\"}}".formatted(task));

    assertThat(knocking.closeCode()).isEqualTo(1008);
    assertThat(knocking.texts()).isEmpty();
  }

  @Test
  void noTokenIsLogged() {
    var root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    var logged = new ListAppender<ILoggingEvent>();
    var level = root.getLevel();
    logged.start();
    root.addAppender(logged);
    root.setLevel(Level.INFO);
    try {
      var raw = RawHttp.of(muster);
      var query = "/ws?workspace_id=" + own + "&token=" + viewer.token();
      for (var target :
          List.of(
              query,
              query + "&kinds=x",
              query + "&since=%zz",
              query + "&x=\u0001",
              query + "&x={")) {
        for (var headers : List.of("", "Upgrade: websocket\r\n", "X-Bad\u0000: 1\r\n")) {
          assertThat(raw.send("GET", target, headers, "").status()).isEqualTo(400);
        }
      }
      Dashboard.watch(viewer, own, "&since=x").first("resume");
    } finally {
      root.setLevel(level);
      root.detachAppender(logged);
    }

    assertThat(logged.list)
        .extracting(event ->
            event.getFormattedMessage()
                + event.getKeyValuePairs()
                + (event.getThrowableProxy() == null
                    ? ""
                    : ThrowableProxyUtil.asString(event.getThrowableProxy())))
        .noneMatch(text -> text.contains(viewer.token().substring(8)));
  }
}
