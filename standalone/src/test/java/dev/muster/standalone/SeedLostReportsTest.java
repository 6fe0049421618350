package dev.muster.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.standalone.fault.Fate;
import org.junit.jupiter.api.Test;

/// Reports of the seed's daemon that Muster, or the daemon, never hears of: the daemon asks for the
/// next task, and so what it ran is known to be over.
class SeedLostReportsTest {
  private void isRunAgainAfter(String call, Fate fate) throws Exception {
    var rig = SeedRig.create();
    try (var proxy = rig.loses(call, fate);
        var _ = rig.daemon(proxy, SeedRig.SUCCEEDS)) {
      rig.awaitStatus(rig.task(), "completed");

      assertThat(proxy.fates()).containsEntry(fate, 1L);
    }
    rig.muster().feed().complete(rig.muster(), rig.workspace());
    assertThat(rig.muster().feed().story(rig.workspace(), rig.task()))
        .containsSubsequence("task.running", "task.requeued", "task.dispatched", "task.completed");
    assertThat(
            rig.api()
                .get("/api/tasks/" + rig.task())
                .ok()
                .get("attempts")
                .get(0)
                .get("failure_reason")
                .asString())
        .isEqualTo("report_lost");
  }

  @Test
  void aTaskWhoseCompleteNeverArrivedIsRunAgain() throws Exception {
    isRunAgainAfter("/complete$", Fate.REQUEST_LOST);
  }

  @Test
  void aTaskWhoseStartWasAnsweredIntoTheVoidIsRunAgain() throws Exception {
    isRunAgainAfter("/start$", Fate.ANSWER_LOST);
  }

  @Test
  void aDaemonThatIsSilentForAWhileAndIsBackInTimeKeepsItsTask() throws Exception {
    var rig = SeedRig.create();
    var daemon = rig.daemon("dm-seed", SeedRig::never);
    rig.awaitStatus(rig.task(), "running");
    daemon.kill();
    rig.silence();
    rig.awaitRuntimeStatus("offline");

    rig.beat();
    rig.awaitRuntimeStatus("online");
    rig.api().complete(rig.task(), "done").ok();

    rig.muster().feed().complete(rig.muster(), rig.workspace());
    assertThat(rig.muster().feed().story(rig.workspace(), rig.task()))
        .endsWith("task.running", "task.completed");
  }
}
