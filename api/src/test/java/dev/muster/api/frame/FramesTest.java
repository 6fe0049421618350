package dev.muster.api.frame;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.muster.api.feed.Audience;
import dev.muster.api.feed.FeedEvent;
import dev.muster.api.output.Progress;
import dev.muster.events.Event;
import dev.muster.events.EventType;
import dev.muster.events.id.TaskId;
import dev.muster.events.id.WorkspaceId;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.json.JsonMapper;

class FramesTest {
  private static final JsonMapper JSON =
      JsonMapper.builder()
          .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .build();
  private static final WorkspaceId WORKSPACE = new WorkspaceId(new UUID(1, 1));
  private static final UUID SUBJECT = new UUID(5, 5);
  private static final Map<String, String> MEMBERS =
      Map.of(
          "T", "\"task_id\":\"" + SUBJECT + "\"",
          "A", "\"agent_id\":\"" + new UUID(3, 3) + "\"",
          "I", "\"issue_id\":\"" + new UUID(4, 4) + "\"",
          "R", "\"runtime_id\":\"" + new UUID(2, 2) + "\"",
          "S", "\"status\":\"some\"");
  private static final String TASK =
      "{" + String.join(",", MEMBERS.values()) + ",\"pinned\":true,\"claim_generation\":7}";

  private final Frames frames = new Frames(JSON, new History("e1"));

  private static FeedEvent event(EventType type, String data) {
    return FeedEvent.read(new Event(WORKSPACE, 42, type, SUBJECT, null, Instant.EPOCH, data), JSON);
  }

  @ParameterizedTest
  @CsvSource({
    "TASK_QUEUED,    task:queued,    T A I R S",
    "TASK_ASSIGNED,  task:assigned,  T A I R S",
    "TASK_DISPATCHED,task:dispatch,  T R",
    "TASK_RUNNING,   task:running,   T A I R S",
    "TASK_REQUEUED,  task:requeued,  T A I R S",
    "TASK_READY,     task:ready,     T A I R S",
    "TASK_COALESCED, task:coalesced, T A I R S",
    "TASK_CANCEL_REQUESTED, task:cancel_requested, T A I R S",
    "TASK_COMPLETED, task:completed, T A I S",
    "TASK_FAILED,    task:failed,    T A I S",
    "TASK_CANCELLED, task:cancelled, T A I R S"
  })
  void aTasksFrameHasTheMembersTheSeedKnows(EventType type, String name, String members) {
    var frame = frames.of(event(type, TASK));

    var expected =
        Arrays.stream(members.split(" ")).map(MEMBERS::get).collect(Collectors.joining(","));
    assertThat(frame.json())
        .isEqualTo(
            "{\"type\":\"" + name + "\",\"payload\":{" + expected + "},\"cursor\":\"e1:42\"}");
  }

  @ParameterizedTest
  @CsvSource({
    "RUNTIME_REGISTERED,daemon:register",
    "RUNTIME_ONLINE,    daemon:register",
    "RUNTIME_OFFLINE,   daemon:register",
    "RUNTIME_UPDATED,   daemon:register",
    "RUNTIME_DEAF,      daemon:register",
    "RUNTIME_CONFLICT,  daemon:conflict",
    "RUNTIME_DELETED,   daemon:deleted",
    "AGENT_CREATED,     agent:created",
    "AGENT_UPDATED,     agent:status",
    "AGENT_DELETED,     agent:deleted",
    "ISSUE_CREATED,     issue:created",
    "ISSUE_UPDATED,     issue:updated",
    "ISSUE_DELETED,     issue:deleted",
    "COMMENT_CREATED,   comment:created",
    "COMMENT_UPDATED,   comment:updated",
    "COMMENT_DELETED,   comment:deleted",
    "SKILL_CREATED,     skill:created",
    "SKILL_UPDATED,     skill:updated",
    "SKILL_DELETED,     skill:deleted",
    "WORKSPACE_UPDATED, workspace:updated",
    "WORKSPACE_DELETED, workspace:deleted",
    "MEMBER_ADDED,      member:added",
    "MEMBER_UPDATED,    member:updated",
    "MEMBER_REMOVED,    member:removed",
    "USAGE_REPORTED,    usage:reported",
    "BUDGET_UPDATED,    budget:updated",
    "BUDGET_REACHED,    budget:reached",
    "SCHEDULE_CREATED,   schedule:created",
    "SCHEDULE_UPDATED,   schedule:updated",
    "SCHEDULE_DELETED,   schedule:deleted",
    "SCHEDULE_PAUSED,    schedule:paused",
    "SCHEDULE_RESUMED,   schedule:resumed",
    "SCHEDULE_FIRED,     schedule:fired",
    "SCHEDULE_MISSED,    schedule:missed",
    "WEBHOOK_CREATED,    webhook:created",
    "WEBHOOK_UPDATED,    webhook:updated",
    "WEBHOOK_DELETED,    webhook:deleted",
    "WEBHOOK_DISABLED,   webhook:disabled"
  })
  void whatIsNotATaskGoesOutAsItIs(EventType type, String name) {
    var data = "{\"action\":\"x\", \"big\":12345678901234567890.10, \"text\":\"%s \\\" ü\"}";

    var frame = frames.of(event(type, data));

    assertThat(frame.json())
        .isEqualTo("{\"type\":\"" + name + "\",\"payload\":" + data + ",\"cursor\":\"e1:42\"}");
  }

  @ParameterizedTest
  @EnumSource
  void everyEventBecomesOneJsonObjectThatNothingReplaces(EventType type) {
    var frame = frames.of(event(type, TASK));

    assertThat(JSON.readTree(frame.json()).propertyNames())
        .containsExactly("type", "payload", "cursor");
    assertThat(frame.replaces()).isNull();
  }

  @Test
  void aTaskWithoutRuntimeSaysSo() {
    var frame = frames.of(event(EventType.TASK_QUEUED, "{\"pinned\":false,\"status\":\"queued\"}"));

    assertThat(JSON.readTree(frame.json()).at("/payload/runtime_id").isNull()).isTrue();
  }

  @Test
  void whatIsNotOfTheFeedHasNoCursorAndIsReplacedByTheNextOfItsKind() {
    var progress =
        new Progress(WORKSPACE, new TaskId(SUBJECT), null, null, "{\"summary\":\"half\"}");

    var made =
        Stream.of(
            Frames.of(progress),
            Frames.agentStatus(SUBJECT, Audience.MEMBERS, "{\"name\":\"Ada\"}"));

    assertThat(made)
        .extracting(Frame::json, Frame::replaces)
        .containsExactly(
            tuple("{\"type\":\"task:progress\",\"payload\":{\"summary\":\"half\"}}", SUBJECT),
            tuple(
                "{\"type\":\"agent:status\",\"payload\":{\"agent\":{\"name\":\"Ada\"}}}", SUBJECT));
  }

  @Test
  void aFramesSizeIsItsBytes() {
    assertThat(Frame.of("ü😀").bytes()).isEqualTo(6);
  }
}
