package dev.muster.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What a daemon says of its runtimes when it comes, and while it is there.
class RegisterTest {
  private final TestWorkspace at = TestWorkspace.make();

  private Api.Answer register(String runtimes) {
    return at.api()
        .post(
            "/api/daemon/register",
            """
            {"workspace_id":"%s","daemon_id":"dm","device_name":"dev","runtimes":[%s]}
            """
                .formatted(at.id(), runtimes));
  }

  private List<String> ids(String runtimes) {
    return register(runtimes)
        .ok()
        .path("runtimes")
        .valueStream()
        .map(runtime -> runtime.path("id").asString(""))
        .toList();
  }

  @Test
  void two_of_one_type_are_two_if_they_are_named_apart() {
    var two = "{\"type\":\"claude\",\"name\":\"a\"},{\"type\":\"claude\",\"name\":\"b\"}";
    var ids = ids(two);

    assertThat(ids).doesNotHaveDuplicates().hasSize(2);
    assertThat(ids(two)).isEqualTo(ids);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"type\":\"claude\"},{\"type\":\"claude\"}",
        "{\"type\":\"claude\",\"name\":\"a\"},{\"type\":\"claude\",\"name\":\"a\"}",
        "{\"type\":\"claude\",\"name\":\" a\"},{\"type\":\"codex\"},{\"type\":\" claude\",\"name\":\"a\"}",
        "{},{\"type\":\"unknown\"}"
      })
  void two_of_one_type_that_nothing_tells_apart_are_refused_and_none_is_registered(String two) {
    var answer = register(two);

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.json().path("field").asString("")).isEqualTo("runtimes.name");
    assertThat(at.api().get("/api/runtimes?workspace_id=" + at.id()).ok()).isEmpty();
  }

  @Test
  void one_of_a_type_may_be_renamed_and_stays_the_same() {
    assertThat(ids("{\"type\":\"claude\",\"name\":\"a\"}"))
        .isEqualTo(ids("{\"type\":\"claude\",\"name\":\"b\"}"));
  }

  @Test
  void why_a_runtime_takes_no_tasks_shows_until_it_takes_them_again() {
    var runtime = ids("{\"type\":\"claude\"}").getFirst();

    assertThat(shortageAfter(runtime, "the disk has 3 MB left"))
        .isEqualTo("the disk has 3 MB left");
    assertThat(shortageAfter(runtime, "")).isEqualTo("none");
  }

  private String shortageAfter(String runtime, String said) {
    at.api()
        .post(
            "/api/daemon/heartbeat",
            "{\"runtime_id\":\"%s\",\"process_id\":\"p\",\"shortage\":\"%s\"}"
                .formatted(runtime, said))
        .ok();
    return at.api()
        .get("/api/runtimes?workspace_id=" + at.id())
        .ok()
        .path(0)
        .path("metadata")
        .path("shortage")
        .asString("none");
  }
}
