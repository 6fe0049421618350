package dev.muster.api.agent;

import dev.muster.api.edge.Input;
import dev.muster.api.edge.Limits;
import dev.muster.api.edge.Refused;
import dev.muster.events.storage.StoredBytes;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// What a client may say about an agent. On an update, null leaves a field as it is.
///
/// @param ratePerMinute how many tasks it is given a minute, which may come in one burst; 0 takes
///   the limit away
/// @param timeoutSeconds how long its runs may take whose tasks do not say; 0 for what is usual
/// @param idleTimeoutSeconds how long of that without a sign of it; 0 for what is usual
record AgentFields(
    @Nullable String name,
    @Nullable String runtimeId,
    @Nullable String provider,
    @Nullable JsonNode labels,
    @Nullable String description,
    @Nullable String instructions,
    @Nullable String avatarUrl,
    @Nullable JsonNode runtimeConfig,
    @Nullable String visibility,
    @Nullable String status,
    @Nullable Integer maxConcurrentTasks,
    @Nullable JsonNode tools,
    @Nullable JsonNode triggers,
    @Nullable Integer ratePerMinute,
    @Nullable Integer timeoutSeconds,
    @Nullable Integer idleTimeoutSeconds,
    @Nullable String model,
    @Nullable String thinkingLevel,
    @Nullable JsonNode customEnv,
    @Nullable JsonNode customArgs,
    @Nullable JsonNode mcpConfig) {
  private static final int LABELS_MAX = 100;
  private static final int RATE_MAX = 60_000;

  /// The fields as they can be stored: JSON as text, each in its limits.
  record Checked(
      @Nullable String name,
      @Nullable String description,
      @Nullable String instructions,
      @Nullable String avatarUrl,
      @Nullable String runtimeConfig,
      @Nullable String visibility,
      @Nullable Integer maxConcurrentTasks,
      @Nullable String tools,
      @Nullable String triggers,
      @Nullable Integer ratePerMinute,
      @Nullable Integer timeoutSeconds,
      @Nullable Integer idleTimeoutSeconds) {
    /// How many bytes the texts are that are given.
    long bytes() {
      return StoredBytes.of(description, instructions, runtimeConfig, tools, triggers);
    }

    /// How many bytes the agent's texts are in whose place they are given.
    long bytesBefore(AgentView agent) {
      return StoredBytes.of(
          description == null ? null : agent.description(),
          instructions == null ? null : agent.instructions(),
          runtimeConfig == null ? null : agent.runtimeConfig(),
          tools == null ? null : agent.tools(),
          triggers == null ? null : agent.triggers());
    }
  }

  Checked checked() {
    return new Checked(
        name == null ? null : Input.required("name", name, Limits.NAME),
        Input.optional("description", description, Limits.DESCRIPTION),
        Input.optional("instructions", instructions, Limits.TEXT),
        Input.optional("avatar_url", avatarUrl, Limits.NAME),
        isGiven(runtimeConfig) ? Input.object("runtime_config", runtimeConfig) : null,
        visibility == null
            ? null
            : Input.oneOf("visibility", visibility, List.of("workspace", "private")),
        maxConcurrentTasks == null
            ? null
            : Input.between("max_concurrent_tasks", maxConcurrentTasks, 1, Limits.CONCURRENT_TASKS),
        isGiven(tools) ? Input.array("tools", tools) : null,
        triggersJson(),
        ratePerMinute == null ? null : Input.between("rate_per_minute", ratePerMinute, 0, RATE_MAX),
        RunLimits.ofAgent("timeout_seconds", timeoutSeconds, 1),
        RunLimits.ofAgent("idle_timeout_seconds", idleTimeoutSeconds, RunLimits.IDLE_MIN_SECONDS));
  }

  /// As the seed reads a new agent: no tasks at once means one.
  AgentFields asNew() {
    return new AgentFields(
        name,
        runtimeId,
        provider,
        labels,
        description,
        instructions,
        avatarUrl,
        runtimeConfig,
        visibility == null || visibility.isEmpty() ? null : visibility,
        status,
        maxConcurrentTasks == null || maxConcurrentTasks == 0 ? 1 : maxConcurrentTasks,
        tools,
        triggers,
        ratePerMinute,
        timeoutSeconds,
        idleTimeoutSeconds,
        model,
        thinkingLevel,
        customEnv,
        customArgs,
        mcpConfig);
  }

  @Nullable String checkedProvider() {
    return Input.optional("provider", provider == null ? null : provider.strip(), Limits.PROVIDER);
  }

  @Nullable String labelsJson() {
    if (labels == null || labels.isNull()) {
      return null;
    }
    var text = Input.object("labels", labels);
    if (labels.size() > LABELS_MAX) {
      throw Refused.invalid("labels", "has more than " + LABELS_MAX + " members");
    }
    for (var label : labels) {
      if (!label.isString()) {
        throw Refused.invalid("labels", "must have text values only");
      }
    }
    return text;
  }

  private @Nullable String triggersJson() {
    if (triggers == null || triggers.isNull()) {
      return null;
    }
    var text = Input.array("triggers", triggers);
    for (var trigger : triggers) {
      if (!trigger.isObject()) {
        throw Refused.invalid("triggers", "must have objects only");
      }
    }
    return text;
  }

  private static boolean isGiven(@Nullable JsonNode value) {
    return value != null && !value.isNull();
  }
}
