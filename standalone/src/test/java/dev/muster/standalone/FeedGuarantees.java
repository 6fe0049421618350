package dev.muster.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.events.Event;
import dev.muster.events.id.WorkspaceId;
import dev.muster.events.task.TaskState;
import java.util.HashMap;
import java.util.List;
import java.util.UUID;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What the feed of a workspace must hold, whatever happened: positions dense, each task's events
/// dense and on a legal path, one live claim, generations that only grow, one final event and
/// nothing behind it.
final class FeedGuarantees {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private FeedGuarantees() {}

  /// What is known of one task while its events are read.
  private static final class Story {
    private long seq;
    private TaskState state = TaskState.QUEUED;
    private long generation;
  }

  static void check(WorkspaceId workspace, List<Event> events) {
    var stories = new HashMap<UUID, Story>();
    var position = 0L;
    for (var event : events) {
      assertThat(event.workspace()).isEqualTo(workspace);
      assertThat(event.position()).as("position is dense in %s", workspace).isEqualTo(++position);
      if (event.type().isTask()) {
        check(event, stories.computeIfAbsent(event.subject(), _ -> new Story()));
      }
    }
  }

  private static void check(Event event, Story story) {
    assertThat(event.seq()).as("seq is dense: %s", event).isEqualTo(++story.seq);
    var facts = JSON.readTree(event.data());
    var state = TaskState.of(facts.get("status").asString());
    assertThat(facts.get("id").asString()).isEqualTo(event.subject().toString());
    if (story.seq == 1) {
      assertThat(event.type().wire()).isEqualTo("task.queued");
    } else {
      assertThat(story.state.canBecome(state))
          .as("%s to %s is legal: %s", story.state, state, event)
          .isTrue();
    }
    checkClaim(event, story, facts);
    story.state = state;
  }

  /// A claim is the only thing that raises the generation, and it raises it by one: so a task has
  /// one live claim.
  private static void checkClaim(Event event, Story story, JsonNode facts) {
    var generation = facts.get("claim_generation").asLong();
    var expected =
        event.type().wire().equals("task.dispatched") ? story.generation + 1 : story.generation;
    assertThat(generation).as("generation of %s", event).isEqualTo(expected);
    story.generation = generation;
  }
}
