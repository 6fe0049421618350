package dev.muster.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/// Caps hold however many ask at once.
class ClaimRaceTest {
  private static final int CLAIMS = 16;

  private final TestMuster muster = TestMuster.get();
  private final Api api = muster.api();

  @ParameterizedTest(name = "agent takes {0}, runtime takes {1}, {2} rounds")
  @CsvSource({"1, 16, 200", "16, 1, 50", "3, 16, 50"})
  void parallelClaimsNeverExceedACap(int agentCap, int runtimeCap, int rounds) throws Exception {
    var workspace = api.newWorkspace();
    var runtime = api.newRuntime(workspace, "racer", "claude", runtimeCap);
    var agent = api.newAgent(workspace, runtime, agentCap);
    var cap = Math.min(agentCap, runtimeCap);
    for (var i = 0; i < 2 * CLAIMS; i++) {
      api.newIssue(workspace, agent);
    }

    var claimedPerRound = new ArrayList<Integer>();
    for (var round = 0; round < rounds; round++) {
      var claimed = claimAtOnce(runtime);
      claimedPerRound.add(claimed.size());
      for (var task : claimed) {
        api.post("/api/tasks/%s/cancel".formatted(task), "{}").ok();
        api.newIssue(workspace, agent);
      }
    }

    assertThat(claimedPerRound).hasSize(rounds).allMatch(claimed -> claimed == cap);
    muster.feed().complete(muster, workspace);
  }

  private List<UUID> claimAtOnce(UUID runtime) throws InterruptedException, ExecutionException {
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var claims = new ArrayList<Callable<JsonNode>>();
      for (var i = 0; i < CLAIMS; i++) {
        claims.add(() -> api.claim(runtime));
      }
      var claimed = new ArrayList<UUID>();
      for (Future<JsonNode> answer : threads.invokeAll(claims)) {
        if (!answer.get().isNull()) {
          claimed.add(Api.id(answer.get()));
        }
      }
      return claimed;
    }
  }
}
