package dev.muster.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.standalone.fault.Fate;
import dev.muster.standalone.fault.FaultProxy;
import dev.muster.standalone.fault.Rule;
import dev.muster.standalone.guarantee.Seen;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Every daemon is replaced by a new process, again and again, while the old one still works and
/// reports. A task that was lost twice has failed; all others are completed.
@Tag("faults")
class ReplacedDaemonTest {
  private static final int TIMES = 3;

  /// A report that is late meets a claim of the same task that is not.
  private static final double HALF = 0.5;

  private final TestMuster muster = TestMuster.get();

  @Test
  void whatAReplacedProcessStillReportsIsFencedAndTheTaskRunsAgain() throws Exception {
    var seed = Seed.of(ReplacedDaemonTest.class);
    var size = FaultSize.get();
    var api = muster.api();
    try (var proxy =
            FaultProxy.start(
                muster.url(), List.of(Rule.sometimes("(start|complete)$", Fate.LATE, HALF, seed)));
        var load =
            new Load(
                List.of(api),
                List.of(new Api(proxy.url(), api.token())),
                TestServers.get(),
                size)) {
      for (var replaced = 0; replaced < TIMES * size.rounds(); replaced++) {
        load.make(size.tasks() / (TIMES * size.rounds()));
        for (var daemon = 0; daemon < size.runtimes(); daemon++) {
          load.register(daemon);
        }
      }
      load.awaitEnds();

      assertThat(load.check()).containsKey("task.completed");
      assertThat(load.guarantees().count(Seen.What.FENCED)).isPositive();
    }
  }
}
