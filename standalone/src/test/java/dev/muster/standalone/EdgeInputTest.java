package dev.muster.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What is taken out of what clients send, and what is refused, because of what it does elsewhere.
class EdgeInputTest {
  private final TestWorkspace at = TestWorkspace.make();

  private String in(String path) {
    return path + "?workspace_id=" + at.id();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"input_tokens", "output_tokens", "cache_read_tokens", "cache_write_tokens"})
  void usageBelowZeroIsRefusedAndGivesNoBudgetBack(String field) {
    var runtime = at.api().newRuntime(at.id(), "d", "claude", 1);
    at.api().put("/api/workspaces/" + at.id() + "/budget", "{\"tokens_per_day\":1000}").ok();
    var report = "/api/daemon/runtimes/" + runtime + "/usage";
    var entry = "{\"entries\":[{\"date\":\"%s\",\"provider\":\"p\",\"%s\":%d}]}";
    var today = java.time.LocalDate.now(java.time.ZoneOffset.UTC);
    at.api().post(report, entry.formatted(today, "input_tokens", 1_000)).ok();

    var refused = at.api().post(report, entry.formatted(today, field, -1_000_000));

    assertThat(refused.status()).as(refused.text()).isEqualTo(400);
    assertThat(refused.json().get("field").asString()).isEqualTo("entries." + field);
    var budget = at.api().get("/api/workspaces/" + at.id() + "/budget").ok();
    assertThat(budget.get("spent").asLong()).isEqualTo(1_000);
    assertThat(budget.get("stopped_until").isNull()).isFalse();
  }

  @Test
  void aNameTurnsNothingAroundItAndHasOneLine() {
    var sent = "\\u202Egpj.exe\\u202C \\u2066x\\u2069\\u001b[31mred\\nline\\u0085 \\u05d0\\u200f";
    var shown = "gpj.exe x [31mred line  \u05d0\u200f";

    var issue = at.api().post(in("/api/issues"), "{\"title\":\"%s\"}".formatted(sent)).ok();
    var agent =
        at.api()
            .post(in("/api/agents"), "{\"name\":\"%s\",\"provider\":\"claude\"}".formatted(sent))
            .ok();

    assertThat(issue.get("title").asString()).isEqualTo(shown);
    assertThat(agent.get("name").asString()).isEqualTo(shown);
  }

  @Test
  void whatIsNothingElseIsNoName() {
    for (var name : List.of("\\u202e", "\\u0007", " \\u2066\\n")) {
      var answer = at.api().post(in("/api/issues"), "{\"title\":\"%s\"}".formatted(name));

      assertThat(answer.status()).as(name).isEqualTo(400);
      assertThat(answer.json().get("error").asString()).isEqualTo("title is required");
    }
  }

  @Test
  void aTextOfManyLinesStaysAsItIs() {
    var issue =
        at.api()
            .post(in("/api/issues"), "{\"title\":\"T\",\"description\":\"a\\n\\u202eb\\u001b[0m\"}")
            .ok();

    assertThat(issue.get("description").asString()).isEqualTo("a\n\u202eb\u001b[0m");
  }
}
