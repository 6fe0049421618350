package dev.muster.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.muster.standalone.fault.Fate;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// The seed's daemon makes each call once. Whatever of it gets lost, no task stays stuck.
@Tag("faults")
class SeedFaultsTest {
  private final SeedRig rig = rig();

  private static SeedRig rig() {
    try {
      return SeedRig.create();
    } catch (InterruptedException e) {
      throw new IllegalStateException("interrupted", e);
    }
  }

  @AfterEach
  void theFeedHoldsItsGuarantees() {
    rig.muster().feed().complete(rig.muster(), rig.workspace());
  }

  private List<String> story() {
    rig.muster().feed().complete(rig.muster(), rig.workspace());
    return rig.muster().feed().story(rig.workspace(), rig.task());
  }

  @Test
  void aLostAnswerToAClaimIsMadeUpForByTheNextClaim() throws Exception {
    try (var proxy = rig.loses("/claim$", Fate.ANSWER_LOST);
        var _ = rig.daemon(proxy, SeedRig.SUCCEEDS)) {
      rig.awaitStatus(rig.task(), "completed");

      assertThat(proxy.takeLost()).singleElement().asString().contains(rig.task().toString());
      assertThat(story())
          .containsExactly(
              "task.queued",
              "task.assigned",
              "task.dispatched",
              "task.dispatched",
              "task.running",
              "task.completed");
    }
  }

  @Test
  void aStartThatNeverArrivedIsMadeUpForByTheNextClaim() throws Exception {
    try (var proxy = rig.loses("/start$", Fate.REQUEST_LOST);
        var _ = rig.daemon(proxy, SeedRig.SUCCEEDS)) {
      rig.awaitStatus(rig.task(), "completed");

      assertThat(proxy.fates()).containsEntry(Fate.REQUEST_LOST, 1L);
      assertThat(story())
          .containsExactly(
              "task.queued",
              "task.assigned",
              "task.dispatched",
              "task.dispatched",
              "task.running",
              "task.completed");
    }
  }

  @Test
  void aLostAnswerToACompleteChangesNothing() throws Exception {
    try (var proxy = rig.loses("/complete$", Fate.ANSWER_LOST);
        var _ = rig.daemon(proxy, SeedRig.SUCCEEDS)) {
      rig.awaitStatus(rig.task(), "completed");
      var next = rig.newTask(rig.api().newAgent(rig.workspace(), rig.runtime(), 1));

      rig.awaitStatus(next, "completed");

      assertThat(proxy.fates()).containsEntry(Fate.ANSWER_LOST, 1L);
    }
  }

  @Test
  void aDaemonThatIsStoppedInATaskAndWhoseGoodbyeIsLostRunsItAgainAfterItsRestart()
      throws Exception {
    try (var proxy = rig.loses("/deregister$", Fate.REQUEST_LOST)) {
      try (var _ = rig.daemon(proxy, SeedRig::never)) {
        rig.awaitStatus(rig.task(), "running");
      }
      try (var _ = rig.daemon(proxy, SeedRig.SUCCEEDS)) {
        rig.awaitStatus(rig.task(), "completed");
      }

      assertThat(proxy.fates()).containsEntry(Fate.REQUEST_LOST, 1L);
      assertThat(story()).containsOnlyOnce("task.requeued");
    }
  }

  @Test
  void aDaemonWhoseRegistrationIsAnsweredIntoTheVoidStartsAgainAndWorks() throws Exception {
    try (var proxy = rig.loses("/register$", Fate.ANSWER_LOST)) {
      assertThatThrownBy(() -> rig.daemon(proxy, SeedRig.SUCCEEDS))
          .isInstanceOf(IllegalStateException.class);

      try (var daemon = rig.daemon(proxy, SeedRig.SUCCEEDS)) {
        rig.awaitStatus(rig.task(), "completed");

        assertThat(daemon.runtimes().getFirst().id()).isEqualTo(rig.runtime().toString());
      }
    }
  }

  @Test
  void aTaskOfADaemonThatDiesForGoodIsRunByAnother() throws Exception {
    var anybody =
        Api.id(
            rig.api()
                .post(
                    "/api/agents?workspace_id=" + rig.workspace(),
                    "{\"name\":\"Any\",\"provider\":\"claude\",\"max_concurrent_tasks\":1}")
                .ok());
    rig.api().post("/api/tasks/" + rig.task() + "/cancel", "{}").ok();
    var orphan = rig.newTask(anybody);
    var dies = rig.daemon("dm-seed", SeedRig::never);
    rig.awaitStatus(orphan, "running");
    dies.kill();
    rig.silence();

    try (var _ = rig.daemon("dm-other", SeedRig.SUCCEEDS)) {
      rig.awaitStatus(orphan, "completed");
    }

    rig.muster().feed().complete(rig.muster(), rig.workspace());
    assertThat(rig.muster().feed().story(rig.workspace(), orphan))
        .containsSubsequence("task.running", "task.requeued", "task.dispatched", "task.completed");
  }
}
