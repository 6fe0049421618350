package dev.muster.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.api.server.Headroom;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.util.unit.DataSize;

/// What happens when disk or files run out.
class ReserveTest {
  private static final long MEGABYTE = 1 << 20;

  @ParameterizedTest
  @CsvSource({
    "512, 10, 1024, false, false",
    "511, 10, 1024, true, false",
    "64, 10, 1024, true, false",
    "63, 10, 1024, true, true",
    "0, 10, 1024, true, true",
    "600, 768, 1024, false, false",
    "600, 769, 1024, true, false",
    "600, 1024, 1024, true, false",
  })
  void below_the_reserve_no_work_is_taken_and_near_nothing_the_process_ends(
      long megabytesLeft, long filesOpen, long filesMax, boolean isShort, boolean ends) {
    var left = new Reserve.Left(megabytesLeft * MEGABYTE, filesOpen, filesMax);

    var verdict = new Reserve(DataSize.ofMegabytes(512)).judge(left);

    assertThat(verdict.shortage().isPresent()).isEqualTo(isShort);
    assertThat(verdict.end().isPresent()).isEqualTo(ends);
  }

  @Test
  void without_a_reserve_a_full_disk_is_left_to_the_servers() {
    var left = new Reserve.Left(0, 0, 1024);

    assertThat(new Reserve(DataSize.ofBytes(0)).judge(left))
        .isEqualTo(new Reserve.Verdict(Optional.empty(), Optional.empty()));
  }

  @Test
  void work_is_refused_and_what_is_under_way_goes_on() {
    var at = TestWorkspace.make();
    var api = at.api();
    var runtime = api.newRuntime(at.id(), "dm", "claude", 1);
    var headroom = TestMuster.get().apiBean("headroom", Headroom.class);
    headroom.tell(Optional.of("the disk has 3 MB left"));
    try {
      var refused = api.post("/api/tasks?workspace_id=" + at.id(), "{\"title\":\"t\"}");

      assertThat(refused.status()).isEqualTo(503);
      assertThat(refused.json().path("type").asString("")).isEqualTo("urn:muster:problem:no-room");
      assertThat(refused.response().headers().firstValue("Retry-After")).hasValue("30");
      assertThat(api.post("/api/daemon/runtimes/" + runtime + "/tasks/claim", "{}").status())
          .isEqualTo(503);
      assertThat(
              api.post("/api/daemon/heartbeat", "{\"runtime_id\":\"%s\"}".formatted(runtime))
                  .status())
          .isEqualTo(200);
      assertThat(api.get("/health").text()).contains("\"short\"", "the disk has 3 MB left");
    } finally {
      headroom.tell(Optional.empty());
    }
    assertThat(api.get("/health").text()).isEqualTo("{\"status\":\"ok\"}");
    assertThat(
            api.post(
                    "/api/tasks?workspace_id=" + at.id(),
                    "{\"title\":\"t\",\"provider\":\"claude\"}")
                .status())
        .isEqualTo(201);
  }
}
