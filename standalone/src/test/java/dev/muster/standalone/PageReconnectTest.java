package dev.muster.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The page, while the server behind it is killed and comes back on the same data.
@Tag("browser")
class PageReconnectTest {
  private static final String QUEUED = ".column[data-state=queued]";
  private static final String RUNNING = ".column[data-state=running]";

  /// The client tries again at most 30 s after it failed last.
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(45);

  private @TempDir Path data = Path.of("");

  @Test
  void killedAndStartedAgainTheServerIsFoundAndNothingIsMissed() throws Exception {
    var own = OwnServer.in(data);
    var api = own.api();
    var server = own.process();
    server.start();
    try (var browser = new Browser()) {
      var workspace = api.newWorkspace();
      var runtime = api.newRuntime(workspace, "dm1", "claude", 4);
      var agent = api.newAgent(workspace, runtime, 4);
      var before = task(api, workspace, agent, "Before the kill");
      browser.signIn(api, workspace.toString());
      browser.sees(QUEUED, "Before the kill");

      server.kill();
      browser.sees("#connection", "Reconnecting");
      server.start();
      assertThat(Api.id(api.claim(runtime))).isEqualTo(before);
      api.start(before).ok();
      task(api, workspace, agent, "After the kill");

      browser.sees("#connection", "nothing missed", LONGEST_PAUSE);
      browser.sees(RUNNING, "Before the kill");
      browser.sees(QUEUED, "After the kill");
      assertThat(browser.text(RUNNING + " .count")).isEqualTo("1");
      assertThat(browser.text(QUEUED + " .count")).isEqualTo("1");
      assertThat(browser.complaints())
          .allSatisfy(line -> assertThat(line).containsAnyOf("WebSocket connection to", "ERR_"));
    } finally {
      server.stop();
    }
  }

  private static UUID task(Api api, UUID workspace, UUID agent, String title) {
    return Api.id(
        api.post(
                "/api/tasks?workspace_id=" + workspace,
                "{\"title\":\"%s\",\"agent_id\":\"%s\"}".formatted(title, agent))
            .ok());
  }
}
