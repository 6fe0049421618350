package dev.muster.api.agent;

import com.fasterxml.jackson.annotation.JsonRawValue;
import org.jspecify.annotations.Nullable;

/// How an agent's program is started, as far as people are told.
///
/// @param customEnv the variables, a JSON object; in place of each value stands that there is one
/// @param customArgs a JSON array
/// @param mcpServers the names of the MCP servers, a JSON array
record LaunchView(
    @Nullable String model,
    @Nullable String thinkingLevel,
    @JsonRawValue String customEnv,
    @JsonRawValue String customArgs,
    @JsonRawValue String mcpServers) {}
