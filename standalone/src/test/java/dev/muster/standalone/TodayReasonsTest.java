package dev.muster.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/// Why runs fail, in the words of daemons, and what the next one goes on with.
class TodayReasonsTest {
  private final TestWorkspace at = TestWorkspace.make();
  private final Api api = at.api();
  private TodayDaemon daemon = new TodayDaemon(api, at.id(), "", at.id());
  private UUID agent = at.id();

  @BeforeEach
  void aDaemonWithItsAgent() {
    daemon = TodayDaemon.start(api, at.id(), "reasons-" + at.id());
    agent = at.newAgent(daemon.runtime(), "");
  }

  private JsonNode running() {
    api.newIssue(at.id(), agent);
    var task = daemon.claimAndStart();
    daemon.session(Api.id(task), "s1", "/w/workdir").ok();
    return task;
  }

  /// The run began a while ago.
  private void age(JsonNode task) {
    at.db()
        .sql("UPDATE task SET started_at = started_at - interval '1 minute' WHERE id = :id")
        .param("id", TodayDaemon.taskOf(task))
        .update();
  }

  @ParameterizedTest
  @CsvSource({
    "runtime_offline, queued, 1, s1",
    "runtime_reconnect_timeout, queued, 2, s1",
    "runtime_recovery, queued, 2, s1",
    "timeout, queued, 2, s1",
    "skill_bundle_unavailable, queued, 2, s1",
    "agent_error.provider_network, queued, 2, s1",
    "agent_error.provider_server_error, queued, 2, s1",
    "agent_error.provider_capacity_or_rate_limit, queued, 2, s1",
    "codex_semantic_inactivity, queued, 2, ''",
    "codex_resume_oversized, queued, 2, ''",
    "queued_expired, failed, 1, ''",
    "iteration_limit, failed, 1, ''",
    "agent_blocked, failed, 1, ''",
    "api_invalid_request, failed, 1, ''",
    "runtime_cli_timeout, failed, 1, ''",
    "invalid_task_identity, failed, 1, ''",
    "issue_window_restricted, failed, 1, ''",
    "idle_watchdog, failed, 1, ''",
    "local_directory_error, failed, 1, ''",
    "agent_fallback_message, failed, 1, ''",
    "agent_error, failed, 1, ''",
    "agent_error.provider_auth_or_access, failed, 1, ''",
    "agent_error.provider_quota_limit, failed, 1, ''",
    "agent_error.process_failure, failed, 1, ''",
    "agent_error.empty_or_unparseable_output, failed, 1, ''",
    "agent_error.agent_timeout, failed, 1, ''",
    "agent_error.context_overflow, failed, 1, ''",
    "agent_error.missing_config, failed, 1, ''",
    "agent_error.model_not_found_or_unavailable, failed, 1, ''",
    "agent_error.runtime_version_unsupported, failed, 1, ''",
    "agent_error.runtime_missing_executable, failed, 1, ''",
    "agent_error.unknown, failed, 1, ''"
  })
  void eachReasonHasItsClass(String reason, String state, int attempt, String session) {
    var task = running();

    daemon.fail(Api.id(task), "broken", reason).ok();

    var row = at.task(TodayDaemon.taskOf(task));
    assertThat(row.get("status").asString()).isEqualTo(state);
    assertThat(row.get("attempt").asInt()).isEqualTo(attempt);
    assertThat(row.get("failure_reason").asString()).isEqualTo(reason);
    if (state.equals("queued")) {
      var next = daemon.claimSoon();
      assertThat(next.path("prior_session_id").asString("")).isEqualTo(session);
      assertThat(next.get("prior_work_dir").asString()).isEqualTo("/w/workdir");
    }
  }

  @Test
  void aWordThatNobodyKnowsMeansThatTheAgentFailed() {
    var task = running();

    daemon.fail(Api.id(task), "broken", "brand_new_reason").ok();

    assertThat(at.task(TodayDaemon.taskOf(task)).get("failure_reason").asString())
        .isEqualTo("agent_error");
  }

  @Test
  void aSessionThatTheProviderTakesNoMoreOfIsToldByTheError() {
    var task = running();

    daemon.fail(Api.id(task), "API Error: 400 invalid_request_error", "agent_error.unknown").ok();

    assertThat(at.task(TodayDaemon.taskOf(task)).get("failure_reason").asString())
        .isEqualTo("api_invalid_request");
  }

  private JsonNode again(JsonNode before) {
    var task = TodayDaemon.taskOf(before);
    api.post("/api/tasks/" + task + "/rerun", "{}").ok();
    return daemon.claimOne();
  }

  @Test
  void aSessionThatIsRetiredOrMissingIsHandedToNobody() {
    var first = running();
    daemon
        .write(
            Api.id(first),
            "complete",
            "{\"output\":\"o\",\"session_id\":\"s1\",\"retired_session_id\":\"s0\"}")
        .ok();
    var second = again(first);
    assertThat(second.get("prior_session_id").asString()).isEqualTo("s1");
    daemon.start(Api.id(second)).ok();
    age(second);

    daemon
        .write(
            Api.id(second),
            "complete",
            "{\"output\":\"o\",\"session_id\":\"s1\",\"session_rollout_missing\":true,\"work_dir\":\"/w/2\"}")
        .ok();

    var third = again(second);
    assertThat(third.has("prior_session_id")).isFalse();
    assertThat(third.get("prior_work_dir").asString()).isEqualTo("/w/2");
  }

  @Test
  void aSessionAfterWhichARunFailedAtOnceIsHandedToNobody() {
    var first = running();
    daemon.complete(Api.id(first), "o").ok();
    var second = again(first);
    assertThat(second.get("prior_session_id").asString()).isEqualTo("s1");
    daemon.start(Api.id(second)).ok();

    daemon.fail(Api.id(second), "no conversation found", "agent_error.process_failure").ok();

    assertThat(again(second).has("prior_session_id")).isFalse();
  }

  @Test
  void aSessionGoesOnWhereTheRunFailedMuchLater() {
    var first = running();
    daemon.complete(Api.id(first), "o").ok();
    var second = again(first);
    daemon.start(Api.id(second)).ok();
    age(second);

    daemon.fail(Api.id(second), "no", "agent_error.process_failure").ok();

    assertThat(again(second).get("prior_session_id").asString()).isEqualTo("s1");
  }

  @Test
  void howTheProgramIsStartedIsHandedOn() {
    var told =
        at.newAgent(
            daemon.runtime(),
            """
            ,"model":"opus","thinking_level":"high","custom_env":{"A":"b"},"custom_args":["--x"],
            "mcp_config":{"mcpServers":{"s":{"url":null}}}
            """);
    api.put("/api/agents/" + told, "{\"model\":\"sonnet\",\"custom_args\":[]}").ok();
    api.newIssue(at.id(), told);

    var handed = daemon.claimOne().get("agent");

    assertThat(handed.get("model").asString()).isEqualTo("sonnet");
    assertThat(handed.get("thinking_level").asString()).isEqualTo("high");
    assertThat(handed.get("custom_env").get("A").asString()).isEqualTo("b");
    assertThat(handed.has("custom_args")).isFalse();
    assertThat(handed.get("mcp_config").get("mcpServers").get("s").get("url").isNull()).isTrue();
  }

  @Test
  void howTheProgramIsStartedCanBeReadWithoutItsSecretsAndSentBack() {
    var told =
        at.newAgent(
            daemon.runtime(),
            """
            ,"model":"opus","custom_env":{"A":"secret-a","B":"secret-b"},"custom_args":["--x"],
            "mcp_config":{"mcpServers":{"s":{"headers":{"Authorization":"secret-c"}}}}
            """);
    var path = "/api/agents/" + told;

    var read = api.get(path + "/launch");
    api.put(path, "{\"custom_env\":{\"A\":\"****\",\"C\":\"new\"}}").ok();

    assertThat(read.ok().toString())
        .isEqualTo(
            "{\"model\":\"opus\",\"thinking_level\":null,\"custom_env\":{\"A\":\"****\",\"B\":\"****\"},"
                + "\"custom_args\":[\"--x\"],\"mcp_servers\":[\"s\"]}");
    api.newIssue(at.id(), told);
    var handed = daemon.claimOne().get("agent").get("custom_env");
    assertThat(handed.toString()).isEqualTo("{\"A\":\"secret-a\",\"C\":\"new\"}");
    var users = new Users(at.muster());
    var member = users.newUser();
    users.join(member, at.id(), "member");
    var refused = api.as(users.api(member, Users.Narrowing.NONE).token()).get(path + "/launch");
    assertThat(refused.status()).isEqualTo(403);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"custom_env\":{\"1A\":\"x\"} | custom_env",
        "\"custom_env\":{\"A\":1} | custom_env",
        "\"custom_args\":[1] | custom_args",
        "\"custom_args\":{} | custom_args",
        "\"mcp_config\":[] | mcp_config"
      })
  void whatCannotBeHandedOnIsRefused(String field, String named) {
    var answer =
        api.post(
            "/api/agents?workspace_id=" + at.id(),
            "{\"name\":\"A\",\"runtime_id\":\"%s\",%s}".formatted(daemon.runtime(), field));

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.json().get("field").asString()).isEqualTo(named);
  }
}
