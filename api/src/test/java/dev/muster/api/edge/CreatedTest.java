package dev.muster.api.edge;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The way from a request to what it has made.
class CreatedTest {
  @ParameterizedTest
  @CsvSource({
    "/api/tasks, /api/tasks/1, tasks/1",
    "/api/agents/, /api/agents/1, 1",
    "/api/issues/7/comments, /api/comments/1, ../../comments/1",
    "/api/schedules/7/run, /api/tasks/1, ../../tasks/1",
    "/api/workspaces/7/members, /api/workspaces/7/members/1, members/1",
    "/, /api/tasks/1, api/tasks/1"
  })
  void itLeadsThereAlsoBelowAPathOfAProxy(String from, String to, String way) {
    assertThat(Created.relative(from, to)).isEqualTo(way);
    for (var prefix : new String[] {"", "/muster"}) {
      var request = URI.create("http://host" + prefix + from);
      assertThat(request.resolve(way)).isEqualTo(URI.create("http://host" + prefix + to));
    }
  }
}
