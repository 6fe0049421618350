package dev.muster.events.task;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class TaskStateTest {
  @Test
  void theLegalMovesAreTheseAndNoOthers() {
    var moves =
        Arrays.stream(TaskState.values())
            .map(from ->
                from.wire()
                    + Arrays.stream(TaskState.values())
                        .filter(from::canBecome)
                        .map(to -> " > " + to.wire())
                        .collect(Collectors.joining()));

    assertThat(moves)
        .containsExactly(
            "queued > queued > dispatched > completed > failed > cancelled",
            "dispatched > queued > dispatched > running > failed > cancelled",
            "running > queued > running > completed > failed > cancelled",
            "completed",
            "failed",
            "cancelled");
  }

  @Test
  void aStateIsFinalIfAndOnlyIfNothingFollowsIt() {
    for (var state : TaskState.values()) {
      assertThat(Arrays.stream(TaskState.values()).noneMatch(state::canBecome))
          .isEqualTo(state.isFinal());
    }
  }
}
