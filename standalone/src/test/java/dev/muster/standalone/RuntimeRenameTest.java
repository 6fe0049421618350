package dev.muster.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// A runtime has the name that people gave it, whatever its daemon says later.
class RuntimeRenameTest {
  private static final Duration AT_MOST = Duration.ofSeconds(60);

  private final TestWorkspace at = TestWorkspace.make();
  private final Api api = at.api();
  private UUID runtime = at.id();

  @BeforeEach
  void aRuntime() {
    runtime = register("Claude (laptop)");
  }

  private UUID register(String name) {
    var body =
        "{\"workspace_id\":\"%s\",\"daemon_id\":\"dm\",\"runtimes\":[{\"name\":\"%s\",\"type\":\"claude\"}]}"
            .formatted(at.id(), name);
    return Api.id(api.post("/api/daemon/register", body).ok().get("runtimes").get(0));
  }

  private Api.Answer rename(String body) {
    return api.send("PATCH", "/api/runtimes/" + runtime, body);
  }

  private String name() {
    return api.get("/api/runtimes?workspace_id=" + at.id()).ok().get(0).get("name").asString();
  }

  @Test
  void theNameStaysWhenTheDaemonRegistersAgain() {
    var answer = rename("{\"name\":\"  Build machine \"}").ok();

    assertThat(answer.get("name").asString()).isEqualTo("Build machine");
    assertThat(register("Claude (laptop, new)")).isEqualTo(runtime);
    assertThat(name()).isEqualTo("Build machine");
    await().atMost(AT_MOST).until(() -> at.count("runtime.updated") == 1);
  }

  @Test
  void theSameNameAgainIsNoChange() {
    rename("{\"name\":\"One\"}").ok();
    rename("{\"name\":\"One\"}").ok();
    rename("{\"name\":\"Two\"}").ok();

    await().atMost(AT_MOST).until(() -> at.count("runtime.updated") == 2);
    assertThat(name()).isEqualTo("Two");
  }

  @Test
  void withoutANameItIsGivenItsDaemonsAgain() {
    rename("{\"name\":\"Build machine\"}").ok();

    assertThat(rename("{\"name\":\"\"}").ok().get("name").asString()).isEqualTo("Build machine");
    register("Claude (desk)");

    assertThat(name()).isEqualTo("Claude (desk)");
  }

  @Test
  void whatIsNoNameIsRefusedAndChangesNothing() {
    assertThat(rename("{\"name\":\"%s\"}".formatted("x".repeat(5_000))).status()).isEqualTo(400);
    assertThat(rename("{\"title\":\"x\"}").status()).isEqualTo(400);
    assertThat(rename("{\"name\":5}").status()).isEqualTo(400);

    assertThat(name()).isEqualTo("Claude (laptop)");
    assertThat(api.send("PATCH", "/api/runtimes/" + UUID.randomUUID(), "{\"name\":\"x\"}").status())
        .isEqualTo(404);
  }
}
