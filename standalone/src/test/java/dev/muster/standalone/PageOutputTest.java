package dev.muster.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.openqa.selenium.Keys;
import tools.jackson.databind.json.JsonMapper;

/// What a task said and ended with, on its page.
@Tag("browser")
class PageOutputTest {
  private static final String ESCAPE = "\u001b[";

  /// As many as one request may bring.
  private static final int MESSAGES_MAX = 200;

  private final JsonMapper json = new JsonMapper();
  private final TestWorkspace at = TestWorkspace.make();
  private final UUID runtime = at.api().newRuntime(at.id(), "dm1", "claude", 4);
  private final UUID agent = at.newAgent(runtime, ",\"max_concurrent_tasks\":4");
  private final Browser browser = new Browser();
  private int seq;

  @AfterEach
  void theBrowserHasNothingToComplainOf() {
    try (browser) {
      assertThat(browser.complaints()).isEmpty();
    }
  }

  private UUID running() {
    var task = at.newTask(agent, "");
    at.api().claim(runtime);
    at.api().start(task).ok();
    return task;
  }

  private void say(UUID task, String type, List<String> lines) {
    for (var from = 0; from < lines.size(); from += MESSAGES_MAX) {
      var part =
          lines.subList(from, Math.min(lines.size(), from + MESSAGES_MAX)).stream()
              .map(line -> Map.of("seq", ++seq, "type", type, "content", line))
              .toList();
      var body = json.writeValueAsString(Map.of("messages", part));
      at.api().post("/api/daemon/tasks/%s/messages".formatted(task), body).ok();
    }
  }

  private void end(UUID task, String output) {
    var body = json.writeValueAsString(Map.of("output", output));
    at.api().post("/api/daemon/tasks/%s/complete".formatted(task), body).ok();
  }

  private void open(Object task) {
    browser.signIn(at.api(), at.id().toString());
    browser.go("#/tasks/" + task);
  }

  @Test
  void theOutputLooksAsInATerminal() {
    var task = running();
    say(
        task,
        "text",
        List.of(
            ESCAPE + "31mred goes on",
            "here" + ESCAPE + "0m, and ends",
            "10%\r100% of it",
            "waited",
            "\rkept: \r" + ESCAPE + "0m\r",
            "\r",
            "ab\b\bX" + ESCAPE.charAt(0) + "Phidden" + ESCAPE.charAt(0) + "\\",
            "see https://example.org/a?b=1. Or do not",
            ESCAPE + "2Jcleared"));
    say(task, "stderr", List.of("only said elsewhere"));
    open(task);

    browser.sees(".output .note", "10 lines");
    var lines = browser.text(".log");
    assertThat(lines)
        .contains("red goes on", "here, and ends", "100% of it", "waited", "kept: ", "X", "cleared")
        .doesNotContain("10%\n", "ab", "hidden", ESCAPE);
    assertThat(browser.count(".line[data-number='1'] .ink-1")).isEqualTo(1);
    assertThat(browser.text(".line[data-number='2'] .ink-1")).isEqualTo("here");
    assertThat(browser.ask("document.querySelector('.line a[target]').href"))
        .isEqualTo("https://example.org/a?b=1");
    var colour = "getComputedStyle(document.querySelector(\"[data-number='%d'] pre\")).color";
    assertThat(browser.ask(colour.formatted(10))).isEqualTo(browser.ask(colour.formatted(3)));
  }

  /// As `./muster runtime` sends what has no newline yet.
  @Test
  void aLineThatComesInPartsIsOneLine() {
    var task = running();
    var parts =
        """
        {"messages":[
          {"seq":1,"type":"text","content":"\\r 5 %","input":{"unfinished":true}},
          {"seq":2,"type":"text","content":"\\r 80 %","input":{"unfinished":true}},
          {"seq":3,"type":"text","content":"\\r100 %"},
          {"seq":4,"type":"text","content":"Password: ","input":{"unfinished":true}}]}
        """;
    at.api().post("/api/daemon/tasks/%s/messages".formatted(task), parts).ok();
    open(task);
    browser.sees(".line[data-number='2']", "Password:");
    var rest = "{\"messages\":[{\"seq\":5,\"type\":\"text\",\"content\":\"given\"}]}";
    at.api().post("/api/daemon/tasks/%s/messages".formatted(task), rest).ok();

    browser.sees(".line[data-number='2']", "Password: given");
    assertThat(browser.text(".line[data-number='1'] pre")).isEqualTo("100 %");
    assertThat(browser.count(".line")).isEqualTo(2);
  }

  @Test
  void aLongOutputIsAllThereAndFewOfItsLinesAreElements() {
    var task = running();
    say(task, "text", IntStream.rangeClosed(1, 3_000).mapToObj(i -> "step " + i + ".").toList());
    end(task, "Done");
    open(task + "?line=1234");

    browser.sees(".output .note", "3,000 lines");
    browser.sees(".line.marked", "step 1234.");
    await().until(() -> browser.count(".line") < 1_500);

    browser.type(".search input", "step 29");
    browser.sees(".search .note", "111");
    browser.press(Keys.ENTER, Keys.ENTER);
    browser.sees(".line.current", "step 290.");
    browser.sees(".search .note", "2 of 111");
    browser.click(".line.current .no");
    assertThat(browser.ask("location.hash")).isEqualTo("#/tasks/" + task + "?line=290");
  }

  @Test
  void whoScrollsUpIsLeftInPeaceWhileMoreIsSaid() {
    var task = running();
    say(task, "text", IntStream.rangeClosed(1, 300).mapToObj(i -> "step " + i + ".").toList());
    open(task);
    browser.sees(".output .note", "300 lines");
    await()
        .until(() ->
            browser
                .ask(
                    "(({scrollHeight, scrollTop, clientHeight}) => scrollHeight - scrollTop - clientHeight < 40)(document.querySelector('.log'))")
                .equals("true"));

    browser.ask("document.querySelector('.log').scrollTop = 0");
    await()
        .until(
            () -> browser.ask("document.querySelector('.follow input').checked").equals("false"));
    say(task, "text", List.of("one more"));
    browser.sees(".output .note", "301 lines");

    assertThat(browser.ask("document.querySelector('.log').scrollTop")).isEqualTo("0");
    browser.click(".follow input");
    browser.sees(".line:last-child", "one more");
  }

  @Test
  void aResultInMarkdownIsFormattedAndNothingOfItIsMarkup() {
    var result =
        """
        # Done

        I **mended** it, see [the plan](https://example.org/plan) or [that](javascript:alert(1)).

        - [x] tiles

        Tiles &lt;red&gt; &amp; `&lt;` &#8364;5 &nosuch; https://example.org/%s

        <img src=x onerror="document.title = 'owned'">\
        """
            .formatted("x".repeat(2_000));
    var task = running();
    say(task, "text", List.of("At work", result));
    end(task, result);
    open(task);

    browser.sees(".markdown h3", "Done");
    assertThat(browser.text(".markdown strong")).isEqualTo("mended");
    assertThat(browser.count(".markdown a")).isEqualTo(2);
    assertThat(browser.count(".markdown img, .log img")).isZero();
    browser.sees(".markdown", "<img src=x");
    browser.sees(".markdown", "Tiles <red> & &lt; \u20ac5 &nosuch;");
    assertThat(browser.ask("document.documentElement.scrollWidth <= window.innerWidth"))
        .isEqualTo("true");
    browser.sees(".log", "stands above");
    assertThat(browser.text(".log")).doesNotContain("mended");
    assertThat(browser.ask("document.title")).isEqualTo("Work · Muster");

    browser.click(".result label");
    browser.sees(".result pre", "**mended**");
  }

  @Test
  void whatIsAllOfTheOutputIsShownOnce() {
    var task = running();
    say(task, "text", List.of("hello", "world"));
    end(task, "hello\nworld\n");
    open(task);

    browser.sees(".log", "world");
    await().until(() -> browser.ask("document.querySelector('.result').hidden").equals("true"));
  }

  @Test
  void aTaskIsRetriedInOtherWords() {
    var task =
        at.newTask(
            "{\"title\":\"Mend the roof\",\"prompt\":\"All of it\",\"agent_id\":\"%s\",\"priority\":\"high\",\"max_attempts\":5}"
                .formatted(agent));
    at.api().claim(runtime);
    at.api().start(task).ok();
    end(task, "Done");
    open(task);

    browser.button("Edit and retry");
    await()
        .until(
            () -> browser.ask("document.querySelector('#field-prompt').value").equals("All of it"));
    browser.type("#field-prompt", ", and the gutter");
    browser.button("Queue the task");

    browser.sees(".task-head", "Queued");
    browser.sees(".prompt", "Prompt");
    assertThat(browser.ask("document.querySelector('.prompt pre').textContent"))
        .isEqualTo("All of it, and the gutter");
    browser.sees(".facts", "1 of 5");
    browser.sees(".facts", "High");
  }
}
