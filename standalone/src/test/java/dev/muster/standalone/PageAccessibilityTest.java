package dev.muster.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.LocalDate;
import java.time.ZoneOffset;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// All views of the page, against WCAG 2.2 AA and good practice, as axe knows them.
@Tag("browser")
class PageAccessibilityTest {
  private final TestWorkspace at = TestWorkspace.make();
  private final Browser browser = new Browser();

  @AfterEach
  void theBrowserEnds() {
    browser.close();
  }

  @ParameterizedTest(name = "dark: {0}")
  @ValueSource(booleans = {false, true})
  void noViewHasABarrier(boolean isDark) {
    var runtime = at.api().newRuntime(at.id(), "dm1", "claude", 4);
    var agent = at.newAgent(runtime, ",\"max_concurrent_tasks\":4");
    var completed = at.newTask(agent, "");
    at.api().claim(runtime);
    at.api().start(completed).ok();
    var colours =
        "{\"messages\":[{\"seq\":1,\"type\":\"text\",\"content\":\"\\u001b[32mgreen \\u001b[38;5;208morange \\u001b[38;2;255;255;0mbright\"},{\"seq\":2,\"type\":\"tool_use\",\"tool\":\"Bash\",\"input\":{\"command\":\"ls\"}}]}";
    at.api().post("/api/daemon/tasks/%s/messages".formatted(completed), colours).ok();
    at.api()
        .complete(completed, "## Done\\n\\nSee [it](https://example.org) and\\n\\n#### more")
        .ok();
    var failed = at.newTask(agent, "");
    at.api().claim(runtime);
    at.api().start(failed).ok();
    at.api().post("/api/daemon/tasks/%s/fail".formatted(failed), "{\"error\":\"No luck\"}").ok();
    at.api().post("/api/tasks/%s/cancel".formatted(at.newTask(agent, "")), "{}").ok();
    at.newTask(agent, "");
    at.newTask(agent, "");
    at.api().start(Api.id(at.api().claim(runtime))).ok();
    at.api().claim(runtime);
    var queued = at.newTask("{\"title\":\"Think\",\"provider\":\"oracle\"}");
    var webhook = "{\"name\":\"CI\",\"url\":\"http://localhost:1/\",\"events\":[\"skill.*\"]}";
    at.api().post("/api/webhooks?workspace_id=" + at.id(), webhook).ok();

    browser.prefersDark(isDark);
    browser.open(at.api().url() + "/");
    browser.sees("form.door h1", "Watch");
    is("sign in");
    browser.signIn(at.api(), at.id().toString());
    is("board");
    open("#/tasks", "#view tbody", "Work");
    open("#/tasks/" + completed, ".markdown", "Done");
    open("#/tasks/" + failed, ".notice.bad", "No luck");
    open("#/tasks/" + queued, ".notice.waits", "Waits");
    open("#/fleet", "#view", "claude");
    var usage =
        "{\"entries\":[{\"date\":\"%s\",\"provider\":\"p\",\"model\":\"m\",\"input_tokens\":5,\"output_tokens\":3}]}"
            .formatted(LocalDate.now(ZoneOffset.UTC));
    at.api().post("/api/daemon/runtimes/" + runtime + "/usage", usage).ok();
    open("#/runtimes/" + runtime, ".plot", "today");
    open("#/agents/new", "form", "Name");
    open("#/agents/" + agent, "form", "Name");
    open("#/connect", "h1", "Connect");
    open("#/failures", ".letters", "No luck");
    open("#/schedules", "#view", "There are none");
    open("#/settings", "#own-title", "tokens");
    open("#/webhooks", "#view tbody", "CI");
    open("#/new", "form", "Title");
  }

  private void open(String hash, String selector, String text) {
    browser.go(hash);
    browser.sees(selector, text);
    is(hash);
  }

  private void is(String view) {
    assertThat(browser.barriers()).as(view).isEmpty();
  }
}
