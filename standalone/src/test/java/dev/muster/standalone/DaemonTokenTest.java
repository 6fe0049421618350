package dev.muster.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// A token that is good for one daemon does nothing for another one's runtimes.
class DaemonTokenTest {
  private final TestWorkspace at = TestWorkspace.make();
  private final Api owner = at.api();
  private final Api own = token();
  private final UUID ownRuntime = register(own, "laptop");
  private final UUID otherRuntime = owner.newRuntime(at.id(), "server", "claude", 2);

  private Api token() {
    var made =
        owner
            .post(
                "/api/tokens",
                "{\"name\":\"d\",\"scope\":\"daemon\",\"workspace_id\":\"%s\",\"one_daemon\":true}"
                    .formatted(at.id()))
            .ok();
    assertThat(made.get("one_daemon").asBoolean()).isTrue();
    return owner.as(made.get("token").asString());
  }

  private UUID register(Api with, String daemon) {
    return Api.id(registering(with, daemon, "[]").ok().get("runtimes").get(0));
  }

  private Api.Answer registering(Api with, String daemon, String legacy) {
    return with.post(
        "/api/daemon/register",
        """
        {"workspace_id":"%s","daemon_id":"%s","legacy_daemon_ids":%s,"cli_version":"0.9",
         "runtimes":[{"type":"claude","version":"1","max_concurrent_tasks":2}]}
        """
            .formatted(at.id(), daemon, legacy));
  }

  private UUID running(Api with, UUID runtime) {
    var task = at.newTask(at.newAgent(runtime, ""), "");
    assertThat(Api.id(with.claim(runtime, 20))).isEqualTo(task);
    with.start(task).ok();
    return task;
  }

  @Test
  void itDoesItsOwnDaemonsWork() {
    var task = running(own, ownRuntime);

    own.complete(task, "done").ok();

    assertThat(owner.status(task)).isEqualTo("completed");
    assertThat(register(own, "laptop")).isEqualTo(ownRuntime);
  }

  @Test
  void itsListNamesTheDaemon() {
    var listed =
        owner.get("/api/tokens").ok().valueStream().filter(token -> token.has("one_daemon"));

    assertThat(listed.map(token -> token.path("daemon_id").asString(""))).contains("laptop");
  }

  @Test
  void itRegistersNoOtherDaemon() {
    var refused = registering(own, "server", "[]");

    assertThat(refused.status()).isEqualTo(403);
    assertThat(refused.text()).contains("this token is good for the daemon laptop alone");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          /api/daemon/heartbeat                       | {"runtime_id":"%s"}
          /api/daemon/runtimes/%s/recover-orphans     | {}
          /api/daemon/runtimes/%s/drain               | {}
          /api/daemon/runtimes/%s/resume              | {}
          """)
  void anotherDaemonsRuntimeIsUnknownToIt(String path, String body) {
    var answer = own.post(path.formatted(otherRuntime), body.formatted(otherRuntime));

    assertThat(answer.status()).as(answer.text()).isEqualTo(404);
  }

  @Test
  void itClaimsNothingForAnotherDaemon() {
    at.newTask(at.newAgent(otherRuntime, ""), "");

    assertThat(own.claim(otherRuntime).isNull()).isTrue();
    assertThat(owner.claim(otherRuntime, 20).isNull()).isFalse();
  }

  @Test
  void itClaimsNothingForAnotherDaemonInABatch() {
    at.newTask(at.newAgent(otherRuntime, ""), "");

    var claimed =
        own.post(
                "/api/daemon/tasks/claim",
                "{\"runtime_ids\":[\"%s\",\"%s\"],\"max_tasks\":2}"
                    .formatted(ownRuntime, otherRuntime))
            .text();

    assertThat(claimed).doesNotContain(otherRuntime.toString());
    assertThat(owner.claim(otherRuntime, 20).isNull()).isFalse();
  }

  @Test
  void itTakesNoOtherDaemonOffline() {
    own.post("/api/daemon/deregister", "{\"runtime_ids\":[\"%s\"]}".formatted(otherRuntime)).ok();

    var runtimes = owner.get("/api/runtimes?workspace_id=" + at.id()).ok();
    assertThat(
            runtimes
                .valueStream()
                .filter(runtime -> Api.id(runtime).equals(otherRuntime))
                .map(runtime -> runtime.get("status").asString()))
        .containsExactly("online");
  }

  @ParameterizedTest
  @CsvSource({
    "complete,{\"output\":\"x\"}",
    "fail,{\"error\":\"x\"}",
    "release,{}",
    "start,{}",
    "progress,{\"summary\":\"x\"}",
    "messages,{\"messages\":[]}",
    "usage,{\"usage\":[]}",
    "session,{\"session_id\":\"x\"}",
    "prepare,{}",
    "cancel-ack,{}"
  })
  void itReportsNothingOfAnotherDaemonsTask(String verb, String body) {
    var task = running(owner, otherRuntime);

    var answer = own.post("/api/daemon/tasks/" + task + "/" + verb, body);

    assertThat(answer.status()).as(answer.text()).isEqualTo(404);
    assertThat(owner.status(task)).isEqualTo("running");
  }

  @Test
  void anUpgradedDaemonKeepsTheTokenAndItsRuntime() {
    own.post("/api/daemon/deregister", "{\"runtime_ids\":[\"%s\"]}".formatted(ownRuntime)).ok();

    var after = registering(own, "0198f2c4-7f0e-7000-8000-000000000002", "[\"Laptop\"]").ok();

    assertThat(Api.id(after.get("runtimes").get(0))).isEqualTo(ownRuntime);
    assertThat(registering(own, "laptop", "[]").status()).isEqualTo(403);
  }

  @Test
  void anUpgradeTakesOverNobodyElse() {
    owner.post("/api/daemon/deregister", "{\"runtime_ids\":[\"%s\"]}".formatted(otherRuntime)).ok();

    var after = registering(own, "laptop", "[\"server\"]").ok();

    assertThat(Api.id(after.get("runtimes").get(0))).isEqualTo(ownRuntime);
    assertThat(register(owner, "server")).isEqualTo(otherRuntime);
  }

  /// As with two instances, one of which has heard of the token before the daemon registered at the
  /// other.
  @Test
  void aDaemonThatHasRegisteredAtAnotherInstanceWorksAtOnce() {
    var fresh = token();
    fresh.get("/api/me").ok();
    var runtime = owner.newRuntime(at.id(), "desk", "claude", 2);
    at.db()
        .sql(
            "UPDATE access_token SET daemon_id = 'desk' WHERE workspace_id = :w AND one_daemon AND daemon_id IS NULL")
        .param("w", at.id())
        .update();

    var task = running(fresh, runtime);
    fresh.complete(task, "done").ok();
    fresh.post("/api/daemon/deregister", "{\"runtime_ids\":[\"%s\"]}".formatted(runtime)).ok();

    assertThat(owner.status(task)).isEqualTo("completed");
    assertThat(
            at.db()
                .sql("SELECT status FROM runtime WHERE id = :id")
                .param("id", runtime)
                .query(String.class)
                .single())
        .isEqualTo("offline");
  }

  @Test
  void onlyADaemonsTokenCanBeOneDaemons() {
    var refused =
        owner.post("/api/tokens", "{\"name\":\"d\",\"scope\":\"watch\",\"one_daemon\":true}");

    assertThat(refused.status()).isEqualTo(400);
    assertThat(refused.json().get("field").asString()).isEqualTo("one_daemon");
  }

  @Test
  void itsAgentsHearWhyAFileIsNotTaken() {
    var refused = own.post("/api/upload-file", "");

    assertThat(refused.status()).isEqualTo(422);
  }

  @Test
  void whatWasItsOwnAMomentAgoIsAskedAboutAgainBeforeItEnds() {
    var task = running(own, ownRuntime);
    var message = "{\"messages\":[{\"seq\":1,\"content\":\"c\"}]}";
    own.post("/api/daemon/tasks/" + task + "/messages", message).ok();
    at.db()
        .sql(
            """
            WITH moved AS (UPDATE task SET runtime_id = :other WHERE id = :task)
            UPDATE task_attempt SET runtime_id = :other WHERE task_id = :task
            """)
        .param("other", otherRuntime)
        .param("task", task)
        .update();

    assertThat(own.complete(task, "mine").status()).isEqualTo(404);
  }
}
