package dev.muster.api.edge;

import dev.muster.events.storage.StoredBytes;
import java.util.stream.LongStream;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/// How much one workspace may have of what is kept, so that none takes the room of the others. What
/// is written at the same moment may go over by as many.
///
/// @param runtimes of a workspace
/// @param agents of a workspace
/// @param skills of a workspace
/// @param comments of one issue
/// @param schedules of a workspace
/// @param webhooks of a workspace
/// @param tokens of one user, and of the service users of one workspace
/// @param storage what a workspace keeps, which [StoredBytes] holds
public record Quotas(
    @DefaultValue("10000") int runtimes,
    @DefaultValue("1000") int agents,
    @DefaultValue("1000") int skills,
    @DefaultValue("10000") int comments,
    @DefaultValue("1000") int schedules,
    @DefaultValue("20") int webhooks,
    @DefaultValue("1000") int tokens,
    @DefaultValue("100GB") DataSize storage) {
  /// The limits where nothing is set.
  public static final Quotas DEFAULT =
      new Quotas(10_000, 1_000, 1_000, 10_000, 1_000, 20, 1_000, StoredBytes.QUOTA_DEFAULT);

  public Quotas {
    if (LongStream.of(
                runtimes, agents, skills, comments, schedules, webhooks, tokens, storage.toBytes())
            .min()
            .orElse(0)
        < 1) {
      throw new IllegalArgumentException("muster.api.quotas.* must be at least 1");
    }
  }

  /// 409 if the workspace would have more runtimes than it may.
  public void runtimes(long wanted) {
    atMost("runtimes", wanted, runtimes);
  }

  public void agents(long wanted) {
    atMost("agents", wanted, agents);
  }

  public void skills(long wanted) {
    atMost("skills", wanted, skills);
  }

  public void comments(long wanted) {
    atMost("comments", wanted, comments);
  }

  public void schedules(long wanted) {
    atMost("schedules", wanted, schedules);
  }

  public void webhooks(long wanted) {
    atMost("webhooks", wanted, webhooks);
  }

  public void tokens(long wanted) {
    atMost("tokens", wanted, tokens);
  }

  private static void atMost(String quota, long wanted, int max) {
    if (wanted > max) {
      throw Refused.overQuota(quota, max);
    }
  }
}
