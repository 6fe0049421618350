package dev.muster.client.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.muster.client.Claim;
import dev.muster.client.ClaimedTask;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

class WorkDirectoryTest {
  @TempDir private Path home;

  @Test
  void a_task_goes_on_where_an_earlier_one_was() throws IOException {
    try (var directory = WorkDirectory.open(home.resolve("work"))) {
      var first = directory.of(task("first", ""));

      assertThat(directory.of(task("second", first.toString()))).isEqualTo(first);
      assertThat(home.resolve("work/.used/first")).hasContent("second");
    }
  }

  @Test
  void nobody_is_led_out_of_it() throws IOException {
    var outside = Files.createDirectories(home.resolve("outside"));
    try (var directory = WorkDirectory.open(home.resolve("work"))) {
      var link = Files.createSymbolicLink(home.resolve("work/link"), outside);
      var spool = Files.createDirectories(directory.spool());
      for (var said :
          new String[] {
            outside.toString(),
            home.resolve("work/../outside").toString(),
            home.resolve("work").toString(),
            link.toString(),
            spool.toString(),
            "relative",
            "no\0path",
            "/not/there"
          }) {
        var task = task("task", said);

        assertThat(directory.prior(task)).isEmpty();
        assertThat(directory.of(task)).isEqualTo(home.toRealPath().resolve("work/task"));
      }
    }
  }

  @Test
  void where_none_can_be_it_says_so() throws IOException {
    var file = Files.createFile(home.resolve("file"));

    for (var place : new Path[] {file, file.resolve("below")}) {
      assertThatThrownBy(() -> WorkDirectory.open(place))
          .isInstanceOf(RuntimeRefused.class)
          .hasMessageContaining("cannot be made or written to")
          .hasMessageContaining("--work");
    }
  }

  private static ClaimedTask task(String id, String priorWorkDir) {
    return new ClaimedTask(
        new Claim(id, 1),
        1,
        "title",
        "prompt",
        "Ada",
        "",
        priorWorkDir,
        JsonMapper.shared().missingNode());
  }
}
