package dev.muster.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.DriverManager;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// `./muster start` as a process: among others, with a neighbour's environment, and when one of its
/// servers dies.
@Tag("faults")
class StartTest {
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  /// What Kubernetes sets for services called `muster-api` and `muster-kafka`.
  private static final Map<String, String> NEIGHBOURS =
      Map.of(
          "MUSTER_API_SERVICE_HOST", "10.0.0.7",
          "MUSTER_API_SERVICE_PORT", "8080",
          "MUSTER_API_PORT", "tcp://10.0.0.7:8080",
          "MUSTER_KAFKA_PORT", "tcp://10.0.0.8:9092",
          "MUSTER_KAFKA_PORT_9092_TCP_ADDR", "10.0.0.8");

  private @TempDir Path home = Path.of("");
  private int port;

  @Test
  void its_servers_are_its_own_and_their_deaths_are_mended_or_told() throws Exception {
    port = Ports.free();
    var data = home.resolve("data");
    Files.createDirectory(
        data, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
    var muster =
        run("start", Map.of("MUSTER_DATA", data.toString(), "SERVER_PORT", Integer.toString(port)));
    try {
      await().atMost(PATIENCE).ignoreExceptions().until(() -> isReady(muster, data));
      isForOneUser(data);
      isRefusedOnTheSameDirectory(data);
      postgresComesBack(data);
      toolsLogIn(data);

      kafkaGivesUp(data);

      assertThat(muster.waitFor(60, TimeUnit.SECONDS)).isTrue();
      assertThat(muster.exitValue()).isEqualTo(1);
      assertThat(output("start")).contains("Kafka gave up").doesNotContain("Exception in thread");
      assertThat(data.resolve("postgres/data/postmaster.pid")).doesNotExist();
    } finally {
      muster.destroy();
      muster.waitFor();
    }
  }

  @Test
  void a_signal_to_all_its_processes_is_one_stop() throws Exception {
    port = Ports.free();
    var data = home.resolve("data");
    var muster =
        run("start", Map.of("MUSTER_DATA", data.toString(), "SERVER_PORT", Integer.toString(port)));
    try {
      await().atMost(PATIENCE).ignoreExceptions().until(() -> isReady(muster, data));
      var postmaster = postmaster(data);
      assertThat(session(postmaster)).isEqualTo(postmaster.pid());

      PostgresLeftover.signal("INT", postmaster);
      postmaster.onExit().join();
      PostgresLeftover.signal("TERM", muster.toHandle());

      assertThat(muster.waitFor(60, TimeUnit.SECONDS)).isTrue();
      assertThat(output("start")).doesNotContain("Postgres ended");
      assertThat(data.resolve("postgres/data/postmaster.pid")).doesNotExist();
    } finally {
      muster.destroy();
      muster.waitFor();
    }
  }

  private static ProcessHandle postmaster(Path data) throws IOException {
    var pid = Files.readAllLines(data.resolve("postgres/data/postmaster.pid")).getFirst().strip();
    return ProcessHandle.of(Long.parseLong(pid)).orElseThrow();
  }

  /// The sixth word of its line in the table of processes; the name, in brackets, is the second.
  private static long session(ProcessHandle process) throws IOException {
    var line = Files.readString(Path.of("/proc/" + process.pid() + "/stat"));
    return Long.parseLong(line.substring(line.lastIndexOf(')') + 2).split(" ", -1)[3]);
  }

  private boolean isReady(Process muster, Path data) throws IOException {
    if (!muster.isAlive()) {
      throw new AssertionError(output("start"));
    }
    return api(data).get("/api/me").status() == 200 && api(data).get("/health").status() == 200;
  }

  private Api api(Path data) throws IOException {
    return new Api("http://localhost:" + port, Files.readString(data.resolve("token")).strip());
  }

  private static void isForOneUser(Path data) throws IOException {
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(data)))
        .isEqualTo("rwx------");
    for (var file :
        List.of("token", "postgres.url", "pg_service.conf", "kafka.address", "kafka.properties")) {
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(data.resolve(file))))
          .isEqualTo("rw-------");
    }
  }

  private void isRefusedOnTheSameDirectory(Path data) throws Exception {
    var second = run("start", Map.of("MUSTER_DATA", data.toString(), "SERVER_PORT", "0"), "second");

    assertThat(second.waitFor()).isEqualTo(1);
    assertThat(output("second"))
        .contains("Another Muster is running on " + data)
        .doesNotContain("\tat ");
  }

  private void postgresComesBack(Path data) throws IOException {
    var postmaster = postmaster(data);
    assertThat(postmaster.destroyForcibly()).isTrue();
    postmaster.onExit().join();

    var api = api(data);
    var jdbcUrl = Files.readString(data.resolve("postgres.url")).strip();
    await()
        .atMost(PATIENCE)
        .ignoreExceptions()
        .until(() -> {
          // A process that the postmaster has left behind may go on for a moment; it takes no
          // newcomer.
          DriverManager.getConnection(jdbcUrl).close();
          return api.post("/api/workspaces", "{\"name\":\"A\",\"slug\":\"a\"}").status() == 201;
        });
  }

  private void toolsLogIn(Path data) throws Exception {
    assertThat(tool(data, "verify-feed").waitFor()).as(output("tool")).isZero();
    assertThat(tool(data, "rebuild-feed", "--topic=copy").waitFor()).as(output("tool")).isZero();
  }

  /// Where its directory is gone a topic cannot be made, and a broker without a directory gives up.
  private void kafkaGivesUp(Path data) throws Exception {
    try (var files = Files.walk(data.resolve("kafka"))) {
      files.sorted(java.util.Comparator.reverseOrder()).forEach(file -> file.toFile().delete());
    }
    var tool = tool(data, "rebuild-feed", "--topic=another");
    tool.waitFor(60, TimeUnit.SECONDS);
    tool.destroyForcibly();
  }

  @ParameterizedTest
  @CsvSource({
    "start --nope, 2, ./muster start knows no --nope",
    "api here, 2, ./muster api knows no here",
    "runtime --command cat --work /proc/none --workspace w, 1, The work directory /proc/none cannot be made or written to",
    "verify-feed --nope, 2, verify-feed does not know --nope",
    "api, 1, Set SPRING_DATASOURCE_URL",
    "none, 2, There is no command none",
  })
  void what_cannot_be_is_one_sentence_and_an_exit_code(String line, int code, String sentence)
      throws Exception {
    var words = line.split(" ");
    var environment =
        Map.of(
            "MUSTER_TOKEN", TestMuster.OWNER_TOKEN, "MUSTER_DATA", home.resolve("data").toString());
    var muster =
        run(
            words[0],
            environment,
            "said",
            List.of(words).subList(1, words.length).toArray(String[]::new));

    assertThat(muster.waitFor()).as(output("said")).isEqualTo(code);
    assertThat(output("said")).contains(sentence).doesNotContain("\tat ");
  }

  private Process tool(Path data, String... words) throws IOException {
    return run(
        words[0],
        Map.of("MUSTER_DATA", data.toString()),
        "tool",
        List.of(words).subList(1, words.length).toArray(String[]::new));
  }

  private Process run(String command, Map<String, String> environment) throws IOException {
    return run(command, environment, command);
  }

  private Process run(
      String command, Map<String, String> environment, String name, String... arguments)
      throws IOException {
    var line =
        Stream.concat(
                Stream.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-Xmx512m",
                    "-XX:+UseSerialGC",
                    "-XX:TieredStopAtLevel=1",
                    "--enable-native-access=ALL-UNNAMED",
                    "-cp",
                    System.getProperty("java.class.path"),
                    Main.class.getName(),
                    command),
                Stream.of(arguments))
            .toList();
    var builder = new ProcessBuilder(line);
    builder.environment().putAll(NEIGHBOURS);
    builder.environment().putAll(environment);
    return builder
        .redirectErrorStream(true)
        .redirectOutput(home.resolve(name + ".log").toFile())
        .start();
  }

  private String output(String name) throws IOException {
    var log = home.resolve(name + ".log");
    return Files.exists(log) ? Files.readString(log) : "";
  }
}
