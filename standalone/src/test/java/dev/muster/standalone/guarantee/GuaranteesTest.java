package dev.muster.standalone.guarantee;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.muster.events.Event;
import dev.muster.events.EventType;
import dev.muster.events.id.WorkspaceId;
import dev.muster.events.task.TaskState;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/// Each promise holds for an ordinary life, and each can be seen to be broken.
class GuaranteesTest {
  private static final UUID TASK = new UUID(1, 1);
  private static final UUID OTHER = new UUID(1, 2);
  private static final UUID AGENT = new UUID(2, 1);
  private static final UUID RUNTIME = new UUID(3, 1);
  private static final WorkspaceId WORKSPACE = new WorkspaceId(new UUID(4, 1));

  private final List<Event> feed = new ArrayList<>();

  private void told(UUID task, int seq, EventType type, TaskState state, int generation) {
    var data =
        """
        {"id":"%s","status":"%s","claim_generation":%d,"agent_id":"%s","runtime_id":"%s"}
        """
            .formatted(task, state.wire(), generation, AGENT, RUNTIME);
    feed.add(new Event(WORKSPACE, feed.size() + 1L, type, task, (long) seq, Instant.EPOCH, data));
  }

  private void queued(UUID task) {
    told(task, 1, EventType.TASK_QUEUED, TaskState.QUEUED, 0);
  }

  private void dispatched(UUID task, int seq, int generation) {
    told(task, seq, EventType.TASK_DISPATCHED, TaskState.DISPATCHED, generation);
  }

  private void running(UUID task, int seq, int generation) {
    told(task, seq, EventType.TASK_RUNNING, TaskState.RUNNING, generation);
  }

  private void completed(UUID task, int seq, int generation) {
    told(task, seq, EventType.TASK_COMPLETED, TaskState.COMPLETED, generation);
  }

  private void ordinaryLife(UUID task) {
    queued(task);
    dispatched(task, 2, 1);
    running(task, 3, 1);
    completed(task, 4, 1);
  }

  private static Seen seen(Seen.What what, long generation, UUID runtime, String slot) {
    return new Seen(what, new Seen.Claim(TASK, generation, runtime, slot), Instant.EPOCH);
  }

  private static Seen created() {
    return new Seen(Seen.What.CREATED, Seen.Claim.of(TASK), Instant.EPOCH);
  }

  private List<String> broken(Guarantee guarantee, Seen... seen) {
    return Guarantees.broken(List.of(guarantee), Arrays.asList(seen), feed);
  }

  @Test
  void anOrdinaryLifeBreaksNothing() {
    ordinaryLife(TASK);
    ordinaryLife(OTHER);
    var guarantees = new Guarantees();
    guarantees.limit(RUNTIME, 1);
    guarantees.limit(AGENT, 1);
    guarantees.created(TASK);
    var claim = new Seen.Claim(TASK, 1, RUNTIME, "a");
    guarantees.saw(Seen.What.CLAIMED, claim);
    guarantees.saw(Seen.What.STARTED, claim);
    guarantees.saw(Seen.What.COMPLETED, claim);

    guarantees.check(WORKSPACE, feed);

    assertThat(guarantees.count(Seen.What.COMPLETED)).isOne();
  }

  @Test
  void aTaskThatWasMadeAndIsNotInTheFeedIsLost() {
    assertThat(broken(new NothingLost(), created())).hasSize(1);
  }

  @Test
  void aTaskThatIsStillRunningIsLost() {
    queued(TASK);
    dispatched(TASK, 2, 1);
    running(TASK, 3, 1);

    assertThat(broken(new NothingLost())).singleElement().asString().contains("running");
  }

  @Test
  void aSecondEndIsSeenAndSoIsAnythingBehindTheFirst() {
    ordinaryLife(TASK);
    completed(TASK, 5, 1);
    told(TASK, 6, EventType.TASK_REQUEUED, TaskState.QUEUED, 1);

    assertThat(broken(new FinalOnce())).hasSize(2);
  }

  @Test
  void aHoleInATasksNumbersIsSeen() {
    queued(TASK);
    dispatched(TASK, 3, 1);

    assertThat(broken(new OrderPerTask())).hasSize(1);
  }

  @Test
  void aWayThatTheStateMachineForbidsIsSeen() {
    queued(TASK);
    dispatched(TASK, 2, 1);
    completed(TASK, 3, 1);

    assertThat(broken(new OrderPerTask())).hasSize(1);
  }

  @Test
  void aTaskThatBeginsInTheMiddleIsSeen() {
    told(TASK, 1, EventType.TASK_ASSIGNED, TaskState.QUEUED, 0);

    assertThat(broken(new OrderPerTask())).hasSize(1);
  }

  @Test
  void aClaimOfATaskThatSomebodyHoldsIsSeen() {
    queued(TASK);
    dispatched(TASK, 2, 1);
    running(TASK, 3, 1);
    dispatched(TASK, 4, 2);

    assertThat(broken(new OneLiveClaim())).hasSize(1);
  }

  @Test
  void aGenerationThatIsRaisedByAnythingElseIsSeen() {
    queued(TASK);
    dispatched(TASK, 2, 1);
    running(TASK, 3, 2);

    assertThat(broken(new OneLiveClaim())).hasSize(1);
  }

  @Test
  void aGenerationThatTwoRuntimesWereGivenIsSeen() {
    var other = new UUID(3, 2);

    assertThat(
            broken(
                new OneLiveClaim(),
                seen(Seen.What.CLAIMED, 1, RUNTIME, "a"),
                seen(Seen.What.CLAIMED, 1, other, "b")))
        .hasSize(1);
  }

  @Test
  void aTaskThatTwoWorkersWereToldToBeginIsSeen() {
    assertThat(
            broken(
                new OneLiveClaim(),
                seen(Seen.What.STARTED, 1, RUNTIME, "a"),
                seen(Seen.What.STARTED, 1, RUNTIME, "b")))
        .hasSize(1);
  }

  @Test
  void anOldReportThatWasTakenIsSeen() {
    queued(TASK);
    dispatched(TASK, 2, 1);
    told(TASK, 3, EventType.TASK_REQUEUED, TaskState.QUEUED, 1);
    dispatched(TASK, 4, 2);
    running(TASK, 5, 2);
    completed(TASK, 6, 2);

    assertThat(broken(new NoOldWrite(), seen(Seen.What.COMPLETED, 1, RUNTIME, "a"))).hasSize(1);
    assertThat(broken(new NoOldWrite(), seen(Seen.What.COMPLETED, 2, RUNTIME, "b"))).isEmpty();
  }

  @Test
  void aRefusedClaimThatEndedTheTaskIsSeen() {
    ordinaryLife(TASK);

    assertThat(broken(new NoOldWrite(), seen(Seen.What.FENCED, 1, RUNTIME, "a"))).hasSize(1);
  }

  @Test
  void anEventThatGoesBackToAnOlderGenerationIsSeen() {
    queued(TASK);
    dispatched(TASK, 2, 1);
    told(TASK, 3, EventType.TASK_REQUEUED, TaskState.QUEUED, 0);

    assertThat(broken(new NoOldWrite())).hasSize(1);
  }

  @Test
  void anAnswerThatTheFeedDoesNotKnowIsSeen() {
    queued(TASK);
    dispatched(TASK, 2, 1);

    assertThat(
            broken(
                new AnsweredIsTold(),
                created(),
                seen(Seen.What.CLAIMED, 1, RUNTIME, "a"),
                seen(Seen.What.STARTED, 1, RUNTIME, "a")))
        .singleElement()
        .asString()
        .contains("STARTED");
  }

  @Test
  void oneTaskTooManyIsSeenForTheRuntimeAndForTheAgent() {
    queued(TASK);
    queued(OTHER);
    dispatched(TASK, 2, 1);
    dispatched(OTHER, 2, 1);

    assertThat(broken(new Caps(Map.of(RUNTIME, 1)))).hasSize(1);
    assertThat(broken(new Caps(Map.of(AGENT, 1)))).hasSize(1);
    assertThat(broken(new Caps(Map.of(AGENT, 2, RUNTIME, 2)))).isEmpty();
  }

  @Test
  void aHoleInTheWorkspacesPositionsIsSeen() {
    ordinaryLife(TASK);
    feed.remove(1);

    assertThatThrownBy(() -> Guarantees.checkFeed(WORKSPACE, feed)).hasMessageContaining("dense");
  }
}
