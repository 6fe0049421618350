package dev.muster.tasks.lane;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.muster.events.id.AgentId;
import dev.muster.events.id.RuntimeId;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// Which runtimes agents were seen to name: a hint, by which the claim is found that a new task may
/// be for. What is decided is loaded anew each time.
final class PinnedAgents {
  private static final int AGENTS_MAX = 100_000;
  private static final Duration UNUSED = Duration.ofMinutes(10);

  private final Cache<AgentId, RuntimeId> runtimes =
      Caffeine.newBuilder().maximumSize(AGENTS_MAX).expireAfterAccess(UNUSED).build();

  @Nullable RuntimeId runtimeOf(AgentId agent) {
    return runtimes.getIfPresent(agent);
  }

  void learn(AgentId agent, RuntimeId runtime) {
    runtimes.put(agent, runtime);
  }

  void forget(AgentId agent) {
    runtimes.invalidate(agent);
  }
}
