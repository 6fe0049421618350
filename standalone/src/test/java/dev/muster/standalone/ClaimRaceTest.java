package dev.muster.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/// Caps hold however many ask at once.
class ClaimRaceTest {
  private static final int CLAIMS = 16;
  private static final int RUNTIMES = 4;
  private static final int ROUNDS = 20;

  private final TestMuster muster = TestMuster.get();
  private final Api api = muster.api();

  @ParameterizedTest(name = "agent takes {0}, runtime takes {1}, {2} rounds")
  @CsvSource({"1, 16, 60", "16, 1, 20", "3, 16, 20"})
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

  /// Claims of one runtime wait for each other at its row; those of several meet at the agent's.
  @Test
  void claimsOfSeveralRuntimesNeverExceedTheCapOfTheAgentTheyShare() throws Exception {
    var workspace = api.newWorkspace();
    var runtimes =
        IntStream.range(0, RUNTIMES)
            .mapToObj(i -> api.newRuntime(workspace, "racer" + i, "claude", CLAIMS))
            .toArray(UUID[]::new);
    var agent =
        Api.id(
            api.post(
                    "/api/agents?workspace_id=" + workspace,
                    "{\"name\":\"Any\",\"provider\":\"claude\",\"max_concurrent_tasks\":1}")
                .ok());

    var claimedPerRound = new ArrayList<Integer>();
    for (var round = 0; round < ROUNDS; round++) {
      for (var i = 0; i < RUNTIMES; i++) {
        api.newIssue(workspace, agent);
      }
      spread(workspace, runtimes);
      var claimed = claimAtOnce(runtimes);
      claimedPerRound.add(claimed.size());
      for (var task : claimed) {
        api.post("/api/tasks/%s/cancel".formatted(task), "{}").ok();
      }
    }

    assertThat(claimedPerRound).hasSize(ROUNDS).allMatch(claimed -> claimed == 1);
    muster.feed().complete(muster, workspace);
  }

  /// Gives each runtime some of what waits, as a dispatcher might that knows nothing of the cap.
  private void spread(UUID workspace, UUID[] runtimes) {
    muster
        .db()
        .sql(
            """
            WITH waiting AS (
              SELECT id, row_number() OVER (ORDER BY id) AS n FROM task WHERE workspace_id = :workspace AND status = 'queued'
            )
            UPDATE task t SET runtime_id = (:runtimes::uuid[])[1 + n % cardinality(:runtimes::uuid[])]
              FROM waiting WHERE t.id = waiting.id AND t.status = 'queued'
            """)
        .param("workspace", workspace)
        .param("runtimes", runtimes)
        .update();
  }

  private List<UUID> claimAtOnce(UUID... runtimes) throws InterruptedException, ExecutionException {
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var claims = new ArrayList<Callable<JsonNode>>();
      for (var i = 0; i < CLAIMS; i++) {
        var runtime = runtimes[i % runtimes.length];
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
