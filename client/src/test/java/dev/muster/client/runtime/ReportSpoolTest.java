package dev.muster.client.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.client.Claim;
import dev.muster.client.Message;
import dev.muster.client.Report;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReportSpoolTest {
  private static final Report.Session SESSION = new Report.Session("s-1", "/w/1");
  private static final ReportSpool.Entry DONE =
      new ReportSpool.Entry(
          new Claim("task-a", 1),
          new Report.Complete("It is \u0000 done \u2713", SESSION),
          List.of(new Message(7, "text", "last"), new Message(8, "stderr", "half", true)));
  private static final ReportSpool.Entry FAILED =
      new ReportSpool.Entry(
          new Claim("task-b", 2),
          new Report.Fail("broke", Report.Reason.PROVIDER_UNAVAILABLE, SESSION),
          List.of());

  @TempDir private Path directory;

  @Test
  void what_was_kept_is_found_by_the_next_process() throws IOException {
    var first = ReportSpool.open(directory);
    first.keep(DONE);
    first.keep(FAILED);

    assertThat(ReportSpool.open(directory).entries()).containsExactly(DONE, FAILED);
  }

  @Test
  void what_was_removed_is_gone_and_may_be_removed_again() throws IOException {
    var spool = ReportSpool.open(directory);
    spool.keep(DONE);
    spool.remove(DONE);
    spool.remove(DONE);

    assertThat(spool.isEmpty()).isTrue();
  }

  @Test
  void two_claims_of_one_task_have_a_report_each() throws IOException {
    var spool = ReportSpool.open(directory);
    var later = new ReportSpool.Entry(new Claim("task-a", 2), DONE.report(), List.of());
    spool.keep(DONE);
    spool.keep(later);
    spool.remove(DONE);

    assertThat(spool.entries()).containsExactly(later);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "\u0000\u0000\u0000",
        "{\"task\":\"task-c\",\"generation\":1,\"verb\":\"comp",
        "null",
        "[]",
        "{}",
        "{\"task\":\"task-c\",\"verb\":\"explode\",\"body\":{}}"
      })
  void a_file_that_holds_no_report_is_put_aside_and_the_others_are_read(String content)
      throws IOException {
    var spool = ReportSpool.open(directory);
    spool.keep(DONE);
    Files.writeString(directory.resolve("task-c-1.json"), content);

    assertThat(spool.entries()).containsExactly(DONE);
    assertThat(directory.resolve("aside/task-c-1.json")).hasContent(content);
    assertThat(spool.entries()).containsExactly(DONE);
  }

  @Test
  void a_half_written_file_is_put_aside() throws IOException {
    var spool = ReportSpool.open(directory);
    Files.writeString(directory.resolve("task-c-1.json.part"), "{\"task\":");

    assertThat(spool.entries()).isEmpty();
    assertThat(directory.resolve("aside/task-c-1.json.part")).exists();
    assertThat(spool.isEmpty()).isTrue();
  }
}
