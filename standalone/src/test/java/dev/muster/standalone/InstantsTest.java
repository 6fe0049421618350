package dev.muster.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// An instant is spelled in one way: to the microsecond in events and on Muster's own routes, to
/// the second where Multica's clients read it.
class InstantsTest {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final Pattern INSTANT = Pattern.compile("\\d{4}-\\d\\d-\\d\\dT.*");
  private static final String MICROS = "\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{6}Z";
  private static final String SECONDS = "\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ";

  private final TestWorkspace at = TestWorkspace.make();
  private final Api api = at.api();

  private static List<String> instants(JsonNode json) {
    return json.isContainer()
        ? json.valueStream().flatMap(node -> instants(node).stream()).toList()
        : Stream.of(json.asString("")).filter(text -> INSTANT.matcher(text).matches()).toList();
  }

  @Test
  void eventsAndOwnRoutesSayMicrosecondsAndMulticasRoutesSeconds() {
    var runtime = api.newRuntime(at.id(), "dm", "claude", 1);
    var agent = at.newAgent(runtime, "");
    var task = at.newTask(agent, "");
    var claimed = api.claim(runtime, 20);
    api.start(task).ok();
    api.complete(task, "done").ok();
    var issue = at.task(task).get("issue_id").asString();
    await().atMost(Duration.ofSeconds(60)).until(() -> at.count("task.completed") == 1);
    var events = at.muster().feed().of(at.id());

    var in = "?workspace_id=" + at.id();
    for (var own :
        List.of(
            "/api/tasks" + in,
            "/api/tasks/" + task,
            "/api/tokens",
            "/api/workspaces/" + at.id() + "/snapshot",
            "/api/workspaces/" + at.id() + "/stats",
            "/api/workspaces/" + at.id() + "/token-audit",
            "/api/workspaces/" + at.id() + "/audit-log")) {
      assertThat(instants(api.get(own).ok())).as(own).allMatch(text -> text.matches(MICROS));
    }
    assertThat(instants(api.get("/api/tasks/" + task).ok())).isNotEmpty();
    assertThat(instants(claimed)).isNotEmpty().allMatch(text -> text.matches(SECONDS));
    for (var multicas :
        List.of("/api/runtimes" + in, "/api/agents" + in, "/api/issues/" + issue, "/api/me")) {
      assertThat(instants(api.get(multicas).ok()))
          .as(multicas)
          .isNotEmpty()
          .allMatch(text -> text.matches(SECONDS));
    }
    assertThat(events.stream().filter(e -> e.isTask()))
        .isNotEmpty()
        .allSatisfy(e ->
            assertThat(instants(JSON.readTree(e.data())))
                .isNotEmpty()
                .allMatch(text -> text.matches(MICROS)));
  }
}
