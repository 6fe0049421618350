package dev.muster.client.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.client.FakeMuster;
import dev.muster.client.FakeMuster.Reply;
import dev.muster.client.MusterClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OldWorkTest {
  private static final Instant NOW = Instant.parse("2030-01-20T00:00:00Z");
  private static final long MEGABYTE = 1 << 20;

  @TempDir private Path root;
  private final FakeMuster muster = FakeMuster.start();
  private final MusterClient client = new MusterClient(muster.url(), "mul_token");

  @AfterEach
  void stop() {
    client.close();
    muster.close();
  }

  @ParameterizedTest
  @CsvSource({
    "200, completed, true",
    "200, cancelled, true",
    "404, '', true",
    "200, failed, false",
    "200, running, false",
    "200, queued, false",
    "403, '', false",
    "500, '', false",
  })
  void what_is_old_goes_if_its_task_is_over(int status, String state, boolean goes)
      throws Exception {
    work("task", Duration.ofDays(15));
    muster.script("status", Reply.of(status, "{\"status\":\"%s\"}".formatted(state)));

    assertThat(removed(Duration.ofDays(14), 100 * MEGABYTE)).isEqualTo(goes ? 1 : 0);
    assertThat(Files.exists(root.resolve("task"))).isNotEqualTo(goes);
  }

  @Test
  void of_too_much_the_oldest_goes_first_and_no_more_than_must() throws Exception {
    work("oldest", Duration.ofDays(3));
    work("older", Duration.ofDays(2));
    work("young", Duration.ofDays(1));
    muster.script("status", completed(), completed(), completed());

    assertThat(removed(Duration.ofDays(14), 2 * MEGABYTE + MEGABYTE / 2)).isEqualTo(1);
    assertThat(root.resolve("oldest")).doesNotExist();
    assertThat(root.resolve("older")).exists();
  }

  @Test
  void what_runs_here_and_what_is_not_old_stays_and_nobody_is_asked() throws Exception {
    work("running", Duration.ofDays(15));
    work("young", Duration.ofDays(13));

    assertThat(removed(Duration.ofDays(14), 100 * MEGABYTE)).isZero();
    assertThat(muster.calls("status")).isEmpty();
  }

  @Test
  void what_a_link_leads_to_stays_and_what_is_read_only_goes() throws Exception {
    var elsewhere = Files.createDirectories(root.resolve(".elsewhere"));
    Files.writeString(elsewhere.resolve("precious"), "x");
    work("task", Duration.ofDays(15));
    Files.createSymbolicLink(root.resolve("task/link"), elsewhere);
    muster.script("status", completed());

    assertThat(removed(Duration.ofDays(14), 100 * MEGABYTE)).isEqualTo(1);
    assertThat(elsewhere.resolve("precious")).exists();
  }

  @Test
  void a_directory_that_was_taken_up_again_meanwhile_stays() throws Exception {
    work("first", Duration.ofDays(15));
    try (var directory = WorkDirectory.open(root)) {
      var seen = directory.kept().getFirst();
      Files.writeString(root.resolve(".used/first"), "second");

      assertThat(directory.remove(seen)).isFalse();
    }
    assertThat(root.resolve("first")).exists();
  }

  private static Reply completed() {
    return Reply.of(200, "{\"status\":\"completed\"}");
  }

  private void work(String task, Duration age) throws IOException {
    var directory = Files.createDirectories(root.resolve(task));
    Files.write(directory.resolve("file"), new byte[(int) MEGABYTE]);
    var used = Files.createDirectories(root.resolve(".used")).resolve(task);
    Files.writeString(used, task);
    Files.setLastModifiedTime(used, FileTime.from(NOW.minus(age)));
  }

  private int removed(Duration age, long bytes) throws Exception {
    try (var directory = WorkDirectory.open(root)) {
      var keep = new RuntimeOptions.Keep(age, bytes, 0);
      return new OldWork(
              keep,
              client,
              directory,
              Set.of("running")::contains,
              InstantSource.fixed(NOW),
              _ -> {})
          .removeWhatIsOld();
    }
  }
}
