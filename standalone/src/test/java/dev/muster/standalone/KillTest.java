package dev.muster.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.muster.events.Event;
import dev.muster.events.id.WorkspaceId;
import dev.muster.standalone.guarantee.Guarantees;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The whole process is killed while it works, and goes on where it was.
@Tag("faults")
class KillTest {
  private static final int ISSUES = 600;
  private static final int RUNTIMES = 4;
  private static final int KILLS = 2;

  private @TempDir Path data = Path.of("");

  @Test
  void killedUnderLoadNothingIsLostNothingIsTwiceAndTheFeedIsDense() throws Exception {
    var random = Seed.random(KillTest.class);
    var guarantees = new Guarantees();
    var port = Ports.free();
    var kafkaPort = Ports.free();
    var api = new Api("http://localhost:" + port, TestMuster.OWNER_TOKEN);
    var process = start(port, kafkaPort, api);
    try {
      var workspace = api.newWorkspace();
      var runtimes =
          IntStream.range(0, RUNTIMES)
              .mapToObj(i -> api.newRuntime(workspace, "dm" + i, "claude", 4))
              .toList();
      var agents = runtimes.stream().map(runtime -> api.newAgent(workspace, runtime, 4)).toList();
      for (var i = 0; i < ISSUES; i++) {
        api.newIssue(workspace, agents.get(i % RUNTIMES));
      }
      try (var fleet = new Fleet(List.of(api), runtimes, 2, guarantees)) {
        for (var kill = 1; kill <= KILLS; kill++) {
          var at = ISSUES * kill / (KILLS + 1) - random.nextInt(ISSUES / (2 * (KILLS + 1)));
          await().atMost(Duration.ofMinutes(2)).until(() -> fleet.completed() >= at);
          process.destroyForcibly().waitFor();
          process = start(port, kafkaPort, api);
        }
        await()
            .atMost(Duration.ofMinutes(2))
            .pollInterval(Duration.ofSeconds(1))
            .until(() -> {
              deliverAgain(workspace, fleet);
              return fleet.completed() >= ISSUES;
            });
        assertThat(fleet.refusals()).isEmpty();
      }
      var events = check(workspace, "127.0.0.1:" + kafkaPort);
      guarantees.check(new WorkspaceId(workspace), events);
    } finally {
      process.destroy();
      process.waitFor();
    }
  }

  private void deliverAgain(UUID workspace, Fleet fleet) throws IOException {
    try (var database =
        new SingleDatabase(Files.readString(data.resolve("postgres.url")).strip())) {
      new ClockHand(database.db(), workspace)
          .deliverAgain(Duration.ofSeconds(10), task -> !fleet.holds(task));
    }
  }

  private List<Event> check(UUID workspace, String kafka) throws IOException {
    try (var feed = new FeedWatch(kafka);
        var database = new SingleDatabase(Files.readString(data.resolve("postgres.url")).strip())) {
      var events = feed.read(database.db(), workspace);
      assertThat(events.stream().filter(e -> e.type().wire().equals("task.completed")))
          .hasSize(ISSUES);
      return events;
    }
  }

  private Process start(int port, int kafkaPort, Api api) throws IOException {
    var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    var builder =
        new ProcessBuilder(
            java,
            "-Xmx512m",
            "-XX:+UseSerialGC",
            "-cp",
            System.getProperty("java.class.path"),
            "dev.muster.standalone.Main",
            "start");
    builder.environment().put("SERVER_PORT", Integer.toString(port));
    builder.environment().put("MUSTER_KAFKA_PORT", Integer.toString(kafkaPort));
    builder.environment().put("MUSTER_DATA", data.toString());
    builder.environment().put("MUSTER_TOKEN", TestMuster.OWNER_TOKEN);
    var log = new File(data.toFile(), "muster.log");
    var process =
        builder
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log))
            .start();
    await()
        .atMost(Duration.ofSeconds(90))
        .ignoreExceptions()
        .until(() -> {
          if (!process.isAlive()) {
            throw new AssertionError(Files.readString(log.toPath()));
          }
          return api.get("/health").status() == 200;
        });
    return process;
  }
}
