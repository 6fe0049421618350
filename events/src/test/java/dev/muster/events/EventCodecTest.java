package dev.muster.events;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.muster.events.id.WorkspaceId;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class EventCodecTest {
  private static final Event QUEUED =
      new Event(
          new WorkspaceId(UUID.fromString("11111111-1111-4111-8111-111111111111")),
          42,
          EventType.TASK_QUEUED,
          UUID.fromString("22222222-2222-4222-8222-222222222222"),
          1L,
          Instant.parse("2026-01-02T03:04:05.678901Z"),
          "{\"status\":\"queued\"}");

  @Test
  void theBytesOnTheWireAreThese() {
    var wire =
        EventCodec.headers(QUEUED).entrySet().stream()
            .map(header -> header.getKey() + ": " + new String(header.getValue(), UTF_8))
            .collect(Collectors.joining("\n"));

    assertThat(wire)
        .isEqualTo(
            """
            content-type: application/json
            ce_specversion: 1.0
            ce_id: 11111111-1111-4111-8111-111111111111:42
            ce_source: /workspaces/11111111-1111-4111-8111-111111111111
            ce_type: dev.muster.task.queued
            ce_subject: 22222222-2222-4222-8222-222222222222
            ce_time: 2026-01-02T03:04:05.678901Z
            ce_position: 42
            ce_sequence: 1\
            """);
    assertThat(new String(EventCodec.key(QUEUED), UTF_8))
        .isEqualTo("11111111-1111-4111-8111-111111111111");
    assertThat(new String(EventCodec.value(QUEUED), UTF_8)).isEqualTo("{\"status\":\"queued\"}");
  }

  @ParameterizedTest
  @EnumSource(EventType.class)
  void whatWasWrittenIsReadBack(EventType type) {
    var event =
        new Event(
            QUEUED.workspace(),
            7,
            type,
            QUEUED.subject(),
            type.isTask() ? 3L : null,
            QUEUED.time(),
            QUEUED.data());

    assertThat(EventCodec.decode(EventCodec.headers(event)::get, EventCodec.value(event)))
        .contains(event);
  }

  @Test
  void anEventOfALaterVersionIsPassedOver() {
    var headers = new LinkedHashMap<>(EventCodec.headers(QUEUED));
    headers.put("ce_type", "dev.muster.task.teleported".getBytes(UTF_8));

    assertThat(EventCodec.decode(headers::get, new byte[0])).isEmpty();
  }

  @Test
  void aRecordWithoutItsHeadersIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> EventCodec.decode(Map.<String, byte[]>of()::get, new byte[0]));
  }
}
