package dev.muster.tasks.decide;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.events.id.RuntimeId;
import dev.muster.events.id.TaskId;
import dev.muster.tasks.decide.Placement.Candidate;
import dev.muster.tasks.decide.Placement.Waiting;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class PlacementTest {
  private static final Duration JUST_NOW = Duration.ZERO;
  private static final Duration TOO_LONG = Placement.AFFINITY.plusSeconds(1);

  private static RuntimeId runtime(int n) {
    return new RuntimeId(new UUID(1, n));
  }

  private static Waiting task(int n, @Nullable String provider, Map<String, String> labels) {
    return new Waiting(new TaskId(new UUID(2, n)), provider, labels, JUST_NOW, null, null);
  }

  private static Waiting prior(int n, Duration waited, int runtime) {
    return new Waiting(
        new TaskId(new UUID(2, n)), "claude", Map.of(), waited, runtime(runtime), null);
  }

  private static Candidate candidate(int n, String provider, int room) {
    return new Candidate(runtime(n), provider, Map.of("os", "linux", "gpu", "no"), room);
  }

  private static String placed(List<Waiting> waiting, List<Candidate> candidates) {
    return Placement.assign(waiting, candidates).stream()
        .map(a ->
            a.task().value().getLeastSignificantBits()
                + ">"
                + a.runtime().value().getLeastSignificantBits())
        .collect(Collectors.joining(" "));
  }

  @Test
  void aTaskGoesOnlyWhereItFits() {
    var candidates = List.of(candidate(1, "codex", 9), candidate(2, "claude", 1));

    assertThat(placed(List.of(task(1, "claude", Map.of())), candidates)).isEqualTo("1>2");
    assertThat(placed(List.of(task(1, null, Map.of("os", "linux"))), candidates)).isEqualTo("1>1");
    assertThat(placed(List.of(task(1, "claude", Map.of("os", "mac"))), candidates)).isEmpty();
    assertThat(placed(List.of(task(1, "claude", Map.of("arch", "arm"))), candidates)).isEmpty();
    assertThat(placed(List.of(task(1, "gemini", Map.of())), candidates)).isEmpty();
  }

  @Test
  void theRuntimeWithTheMostRoomIsTakenAndTheFirstOfEquals() {
    assertThat(
            placed(
                List.of(task(1, null, Map.of())),
                List.of(candidate(1, "a", 2), candidate(2, "b", 3))))
        .isEqualTo("1>2");
    assertThat(
            placed(
                List.of(task(1, null, Map.of())),
                List.of(candidate(2, "b", 2), candidate(1, "a", 2))))
        .isEqualTo("1>1");
  }

  @Test
  void workIsSpreadAndNoRuntimeIsGivenMoreThanItsRoom() {
    var waiting =
        List.of(
            task(1, null, Map.of()),
            task(2, null, Map.of()),
            task(3, null, Map.of()),
            task(4, null, Map.of()));

    assertThat(placed(waiting, List.of(candidate(1, "a", 2), candidate(2, "b", 1))))
        .isEqualTo("1>1 2>1 3>2");
    assertThat(placed(waiting, List.of(candidate(1, "a", 0), candidate(2, "b", -1)))).isEmpty();
    assertThat(placed(waiting, List.of())).isEmpty();
  }

  @Test
  void theRuntimeOfThePriorSessionIsPreferredAndWaitedForAWhile() {
    var roomy = List.of(candidate(1, "claude", 1), candidate(2, "claude", 9));
    var full = List.of(candidate(1, "claude", 0), candidate(2, "claude", 9));

    assertThat(placed(List.of(prior(1, JUST_NOW, 1)), roomy)).isEqualTo("1>1");
    assertThat(placed(List.of(prior(1, JUST_NOW, 1)), full)).isEmpty();
    assertThat(placed(List.of(prior(1, TOO_LONG, 1)), full)).isEqualTo("1>2");
    assertThat(placed(List.of(prior(1, JUST_NOW, 7)), full)).isEqualTo("1>2");
  }

  @Test
  void theRuntimeThatGaveATaskBackIsTheLastToGetItAgain() {
    var task = new TaskId(new UUID(2, 1));
    var back = new Waiting(task, "claude", Map.of(), JUST_NOW, runtime(1), runtime(1));

    assertThat(placed(List.of(back), List.of(candidate(1, "claude", 9), candidate(2, "claude", 1))))
        .isEqualTo("1>2");
    assertThat(placed(List.of(back), List.of(candidate(1, "claude", 9)))).isEqualTo("1>1");
  }

  @Test
  void aTaskThatWaitsForItsRuntimeDoesNotHoldUpTheOthers() {
    var candidates = List.of(candidate(1, "claude", 0), candidate(2, "claude", 1));

    assertThat(placed(List.of(prior(1, JUST_NOW, 1), task(2, "claude", Map.of())), candidates))
        .isEqualTo("2>2");
  }
}
