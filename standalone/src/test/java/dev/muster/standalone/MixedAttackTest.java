package dev.muster.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.muster.api.access.TokenHash;
import dev.muster.events.id.WorkspaceId;
import dev.muster.standalone.feed.FeedTools;
import dev.muster.standalone.guarantee.Guarantees;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A whole Muster, with the heap that `./muster` gives it, under an attack of all kinds at once:
/// others' work goes on and is told whole, and what the attack took is given back. How long a life
/// takes meanwhile is printed.
///
/// Half a minute; `-Dmuster.test.soak=30` for so many minutes. It wants the machine for itself.
@Tag("full")
class MixedAttackTest {
  private static final int MINUTES = Integer.getInteger("muster.test.soak", 0);
  private static final Duration ALONE =
      MINUTES == 0 ? Duration.ofSeconds(15) : Duration.ofMinutes(2);
  private static final Duration ATTACK =
      MINUTES == 0 ? Duration.ofSeconds(30) : Duration.ofMinutes(MINUTES);

  /// What may be kept of an attack: caches, and connections that are not given up yet.
  private static final double BYTES_KEPT_MAX = 64e6;

  private static final int FILES_KEPT_MAX = 100;

  private @TempDir Path data = Path.of("");

  @Test
  void othersWorkGoesOnAndWhatWasTakenIsGivenBack() throws Exception {
    var port = Ports.free();
    var kafkaPort = Ports.free();
    var api = new Api("http://localhost:" + port, TestMuster.OWNER_TOKEN);
    var muster = muster(port, kafkaPort, api);
    muster.start();
    try {
      var guarantees = new Guarantees();
      var lives = new SteadyLives(api, guarantees);
      tell("at first", lives.run(ALONE));
      tell("alone", lives.run(ALONE));
      var files = files(api);
      var heap = heap(muster, api);

      try (var attack = new Attack(newTenant(api))) {
        tell("under attack", lives.run(ATTACK));
        System.out.println(attack.calls());
        assertThat(attack.calls().values()).allMatch(count -> count > 0);
      }

      await()
          .atMost(Duration.ofMinutes(2))
          .pollInterval(Duration.ofSeconds(1))
          .until(() -> files(api) < files + FILES_KEPT_MAX);
      assertThat(heap(muster, api)).isLessThan(heap + BYTES_KEPT_MAX);
      assertThat(api.get("/ready").status()).isEqualTo(200);
      check(lives, guarantees, "127.0.0.1:" + kafkaPort);
    } finally {
      muster.stop();
    }
  }

  /// Somebody with a workspace of their own, and no other.
  private Api newTenant(Api owner) throws IOException {
    try (var database = database()) {
      var token = TokenHash.newToken();
      database
          .db()
          .sql(
              """
              WITH u AS (INSERT INTO app_user (name, email) VALUES ('Mallory', 'mallory@test') RETURNING id)
              INSERT INTO access_token (user_id, name, token_hash, token_prefix, scope)
              SELECT id, 'test', :hash, 'mul_', 'all' FROM u
              """)
          .param("hash", TokenHash.of(token))
          .update();
      return owner.as(token);
    }
  }

  private SingleDatabase database() throws IOException {
    return new SingleDatabase(
        Files.readString(data.resolve("data").resolve("postgres.url")).strip());
  }

  private static double metric(Api api, String name, String label) {
    return api.get("/metrics")
        .text()
        .lines()
        .filter(line -> line.startsWith(name) && line.contains(label))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .sum();
  }

  private static double files(Api api) {
    return metric(api, "process_files_open_files", "");
  }

  private static double heap(JavaPart muster, Api api) throws IOException {
    muster.collectGarbage();
    return metric(api, "jvm_memory_used_bytes", "area=\"heap\"");
  }

  private static void tell(String when, List<Long> took) {
    System.out.printf(
        "%s: %d lives, p50 %d ms, p99 %d ms%n",
        when, took.size(), took.get(took.size() / 2), took.get(took.size() * 99 / 100));
  }

  private void check(SteadyLives lives, Guarantees guarantees, String kafka) throws IOException {
    try (var feed = new FeedWatch(kafka);
        var database = database()) {
      guarantees.check(
          new WorkspaceId(lives.workspace()), feed.read(database.db(), lives.workspace()));
    }
    var environment =
        Map.of(
            "SPRING_DATASOURCE_URL",
            Files.readString(data.resolve("data").resolve("postgres.url")).strip(),
            "SPRING_KAFKA_BOOTSTRAP_SERVERS",
            kafka);
    assertThat(FeedTools.verify(environment, new String[] {"--wait=30"})).isZero();
  }

  private JavaPart muster(int port, int kafkaPort, Api api) {
    return new JavaPart(
        new JavaPart.Command(
            List.of("-Xmx640m", "-XX:+UseSerialGC", "-XX:+ExitOnOutOfMemoryError"),
            List.of("dev.muster.standalone.Main", "start"),
            Map.of(
                "SERVER_PORT",
                Integer.toString(port),
                "MUSTER_KAFKA_PORT",
                Integer.toString(kafkaPort),
                "MUSTER_DATA",
                data.resolve("data").toString(),
                "MUSTER_TOKEN",
                TestMuster.OWNER_TOKEN)),
        data.resolve("muster.log"),
        () -> api.get("/health").status() == 200);
  }
}
