package dev.muster.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/// Whoever shows a page for a token is told what it may do at most.
class ShownScopeTest {
  private final TestWorkspace at = TestWorkspace.make();

  @Test
  void aTokenSaysItsScope() {
    var made =
        at.api()
            .post(
                "/api/workspaces/" + at.id() + "/service-tokens",
                "{\"name\":\"screen\",\"scope\":\"watch\"}")
            .ok();

    var screen = at.api().as(made.get("token").asString()).get("/api/me").ok();

    assertThat(screen.get("scope").asString()).isEqualTo("watch");
    assertThat(at.api().get("/api/me").ok().get("scope").asString()).isEqualTo("all");
  }
}
