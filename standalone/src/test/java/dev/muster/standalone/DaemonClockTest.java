package dev.muster.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.UUID;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A daemon whose clock is wrong: of the times it sends, one is kept as it is sent (the day of its
/// token usage), and none decides anything.
class DaemonClockTest {
  private final TestMuster muster = TestMuster.get();
  private final Api api = muster.api();

  @ParameterizedTest(name = "{0} hours off")
  @ValueSource(ints = {-25, -1, 1, 25})
  void aTaskRunsAndUsageIsKeptWhateverTimeTheDaemonThinksItIs(int hoursOff) {
    var wrong = ZonedDateTime.now(ZoneOffset.UTC).plusHours(hoursOff);
    var workspace = api.newWorkspace();
    var runtime = api.newRuntime(workspace, "dm-clock", "claude", 1);
    api.newIssue(workspace, api.newAgent(workspace, runtime, 1));

    var task =
        Api.id(call(wrong, "/api/daemon/runtimes/" + runtime + "/tasks/claim", "{}").get("task"));
    call(wrong, "/api/daemon/tasks/" + task + "/start", "{}");
    call(wrong, "/api/daemon/heartbeat", "{\"runtime_id\":\"%s\"}".formatted(runtime));
    usage(wrong, runtime, wrong.toLocalDate());
    call(wrong, "/api/daemon/tasks/" + task + "/complete", "{\"output\":\"done\"}");

    assertThat(api.status(task)).isEqualTo("completed");
    assertThat(
            muster
                .db()
                .sql(
                    """
                    SELECT created_at <= dispatched_at AND dispatched_at <= started_at AND started_at <= completed_at
                           AND completed_at BETWEEN now() - interval '5 minutes' AND now()
                      FROM task WHERE id = :id
                    """)
                .param("id", task)
                .query(Boolean.class)
                .single())
        .isTrue();
    assertThat(api.get("/api/runtimes/" + runtime + "/usage").ok().get(0).get("date").asString())
        .isEqualTo(wrong.toLocalDate().toString());
    muster.feed().complete(muster, workspace);
  }

  private void usage(ZonedDateTime wrong, UUID runtime, LocalDate day) {
    call(
        wrong,
        "/api/daemon/runtimes/" + runtime + "/usage",
        "{\"entries\":[{\"date\":\"%s\",\"provider\":\"claude\",\"model\":\"m\",\"input_tokens\":1}]}"
            .formatted(day));
  }

  private tools.jackson.databind.JsonNode call(ZonedDateTime wrong, String path, String body) {
    return api.post(path, body, "Date", wrong.format(DateTimeFormatter.RFC_1123_DATE_TIME)).ok();
  }
}
