package dev.muster.client.runtime;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class LinePumpTest {
  private static final Duration SOON = Duration.ofMillis(20);
  private static final Duration NEVER = Duration.ofHours(1);

  private final List<String> lines = new CopyOnWriteArrayList<>();
  private final OutputExcerpt excerpt = new OutputExcerpt(1_000_000, 1_000_000);

  /// What goes on ends with a mark.
  private void take(String text, boolean isUnfinished) {
    lines.add(isUnfinished ? text + "…" : text);
  }

  private void pump(String text) throws InterruptedException {
    var pump =
        LinePump.start(new ByteArrayInputStream(text.getBytes(UTF_8)), excerpt, NEVER, this::take);
    assertThat(pump.join(Duration.ofSeconds(30), Duration.ofSeconds(30))).isTrue();
  }

  @Test
  void lines_come_one_by_one_and_empty_ones_too() throws InterruptedException {
    pump("one\n\n two \nend");

    assertThat(lines).containsExactly("one", "", " two ", "end");
    assertThat(excerpt.text()).isEqualTo("one\n\n two \nend");
  }

  @Test
  void a_long_line_comes_in_parts_with_whole_characters() throws InterruptedException {
    var line = "x".repeat(LinePump.LINE_MAX - 1) + "😀" + "y".repeat(10);

    pump(line + "\n" + "z".repeat(LinePump.LINE_MAX) + "\nend\n");

    assertThat(lines.subList(0, 2))
        .containsExactly("x".repeat(LinePump.LINE_MAX - 1) + "😀…", "y".repeat(10));
    assertThat(lines.subList(2, 5)).containsExactly("z".repeat(LinePump.LINE_MAX) + "…", "", "end");
  }

  @Test
  void an_unfinished_line_is_told_after_a_pause_and_its_end_later() throws Exception {
    LinePump pump;
    try (var to = new PipedOutputStream()) {
      pump = LinePump.start(new PipedInputStream(to), excerpt, SOON, this::take);
      write(to, "first\nPassword: ");
      await().until(() -> lines.equals(List.of("first", "Password: …")));
      write(to, "\n");
      write(to, "100 %");
      await().until(() -> lines.equals(List.of("first", "Password: …", "", "100 %…")));
      write(to, " done\nlast");
    }

    assertThat(pump.join(Duration.ofSeconds(30), Duration.ofSeconds(30))).isTrue();
    assertThat(lines).containsExactly("first", "Password: …", "", "100 %…", " done", "last");
    assertThat(excerpt.text()).isEqualTo("first\nPassword: \n100 % done\nlast");
  }

  private static void write(PipedOutputStream to, String text) throws IOException {
    to.write(text.getBytes(UTF_8));
    to.flush();
  }

  @Test
  void who_listens_slowly_is_waited_for() {
    var isTaken = new AtomicBoolean();
    var pump =
        LinePump.start(
            new ByteArrayInputStream("first\n".getBytes(UTF_8)),
            excerpt,
            NEVER,
            (text, _) -> {
              await().untilTrue(isTaken);
              lines.add(text);
            });

    var joined = CompletableFuture.supplyAsync(() -> isJoined(pump));
    await().during(Duration.ofMillis(200)).until(() -> !joined.isDone());
    isTaken.set(true);

    assertThat(joined.join()).isTrue();
    assertThat(lines).containsExactly("first");
  }

  @Test
  void who_goes_on_writing_nothing_is_not_waited_for() throws Exception {
    try (var to = new PipedOutputStream()) {
      var pump = LinePump.start(new PipedInputStream(to), excerpt, NEVER, this::take);
      write(to, "first\n");
      await().until(() -> lines.equals(List.of("first")));

      assertThat(isJoined(pump)).isTrue();
    }
  }

  @Test
  void who_does_not_take_a_line_in_time_is_told_of() throws Exception {
    var isTaken = new AtomicBoolean();
    var pump =
        LinePump.start(
            new ByteArrayInputStream("first\n".getBytes(UTF_8)),
            excerpt,
            NEVER,
            (_, _) -> await().untilTrue(isTaken));

    assertThat(pump.join(SOON, Duration.ofMillis(100))).isFalse();
    isTaken.set(true);
  }

  private static boolean isJoined(LinePump pump) {
    try {
      return pump.join(SOON, Duration.ofSeconds(30));
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
