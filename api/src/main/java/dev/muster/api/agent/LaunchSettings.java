package dev.muster.api.agent;

import dev.muster.api.edge.Input;
import dev.muster.api.edge.Limits;
import dev.muster.api.edge.Refused;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// How an agent's program is started: what a claim tells daemons that can obey it. Null leaves a
/// setting as it is; what is empty takes it away.
///
/// @param customEnv a JSON object of texts; one that is [#HIDDEN] stays as it was
/// @param customArgs a JSON array of texts
/// @param mcpConfig a JSON object
record LaunchSettings(
    @Nullable String model,
    @Nullable String thinkingLevel,
    @Nullable String customEnv,
    @Nullable String customArgs,
    @Nullable String mcpConfig) {
  /// What people are told in place of a value that may be secret.
  static final String HIDDEN = "****";

  private static final Pattern VARIABLE = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

  static LaunchSettings of(AgentFields fields) {
    return new LaunchSettings(
        Input.optional("model", fields.model(), Limits.NAME),
        Input.optional("thinking_level", fields.thinkingLevel(), Limits.NAME),
        environment(fields.customEnv()),
        arguments(fields.customArgs()),
        isGiven(fields.mcpConfig()) ? Input.object("mcp_config", fields.mcpConfig()) : null);
  }

  boolean isEmpty() {
    return model == null
        && thinkingLevel == null
        && customEnv == null
        && customArgs == null
        && mcpConfig == null;
  }

  private static @Nullable String environment(@Nullable JsonNode value) {
    if (value == null || value.isNull()) {
      return null;
    }
    var text = Input.object("custom_env", value);
    value
        .properties()
        .forEach(variable -> {
          if (!VARIABLE.matcher(variable.getKey()).matches() || !variable.getValue().isString()) {
            throw Refused.invalid(
                "custom_env", "must have names of variables, and texts as values");
          }
        });
    return text;
  }

  private static @Nullable String arguments(@Nullable JsonNode value) {
    if (value == null || value.isNull()) {
      return null;
    }
    var text = Input.array("custom_args", value);
    for (var argument : value) {
      if (!argument.isString()) {
        throw Refused.invalid("custom_args", "must have texts only");
      }
    }
    return text;
  }

  private static boolean isGiven(@Nullable JsonNode value) {
    return value != null && !value.isNull();
  }
}
