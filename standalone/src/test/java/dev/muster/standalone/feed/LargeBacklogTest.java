package dev.muster.standalone.feed;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.events.feed.FeedProcess;
import dev.muster.events.feed.FeedRig;
import dev.muster.standalone.Main;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// A backlog of events that together are larger than any heap goes to Kafka, and can be checked.
@Tag("faults")
class LargeBacklogTest {
  /// Half of them hardly compress, half of them to nearly nothing: 300 MB.
  private static final int EVENTS = 300;

  @Test
  void whatIsLargerThanTheHeapIsPublishedAndChecked() throws Exception {
    try (var rig = FeedRig.start()) {
      rig.db()
          .sql(
              """
              WITH text AS MATERIALIZED (
                SELECT string_agg(md5(random()::text), '') AS noise, repeat('x', 1024 * 1024) AS even
                  FROM generate_series(1, 32 * 1024)
              )
              INSERT INTO outbox (workspace_id, type, subject_id, data)
              SELECT md5((n % 3)::text)::uuid, 'comment.created', gen_random_uuid(),
                     jsonb_build_object('n', n, 'content', CASE WHEN n % 2 = 0 THEN noise ELSE even END)
                FROM text, generate_series(1, :events) AS n
              """)
          .param("events", EVENTS)
          .update();

      try (var _ = FeedProcess.start(rig, "large")) {
        rig.awaitPublished();
      }

      assertThat(verifyWith("-Xmx256m", rig)).isZero();
    }
  }

  private static int verifyWith(String heap, FeedRig rig) throws Exception {
    var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    var builder =
        new ProcessBuilder(
                java,
                heap,
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName(),
                "verify-feed")
            .inheritIO();
    builder.environment().put("SPRING_DATASOURCE_URL", rig.jdbcUrl());
    builder.environment().put("SPRING_KAFKA_BOOTSTRAP_SERVERS", rig.kafka());
    var process = builder.start();
    assertThat(process.waitFor(3, TimeUnit.MINUTES)).isTrue();
    return process.exitValue();
  }
}
