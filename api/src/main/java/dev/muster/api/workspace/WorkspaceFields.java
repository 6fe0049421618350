package dev.muster.api.workspace;

import dev.muster.api.edge.Input;
import dev.muster.api.edge.Limits;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// What a client may say about a workspace. On an update, null leaves a field as it is.
record WorkspaceFields(
    @Nullable String name,
    @Nullable String slug,
    @Nullable String description,
    @Nullable String context,
    @Nullable JsonNode settings,
    @Nullable JsonNode repos,
    @Nullable String issuePrefix) {
  private static final int PREFIX_MAX = 20;
  private static final int DEFAULT_PREFIX_LENGTH = 3;
  private static final String DEFAULT_PREFIX = "WS";

  @Nullable String checkedDescription() {
    return Input.optional("description", description, Limits.DESCRIPTION);
  }

  @Nullable String checkedContext() {
    return Input.optional("context", context, Limits.TEXT);
  }

  @Nullable String settingsJson() {
    return settings == null || settings.isNull() ? null : Input.object("settings", settings);
  }

  @Nullable String reposJson() {
    return repos == null || repos.isNull() ? null : Input.array("repos", repos);
  }

  /// The prefix as it is kept: trimmed, upper case; null if none is given.
  @Nullable String prefix() {
    return issuePrefix == null || issuePrefix.isBlank()
        ? null
        : Input.required("issue_prefix", issuePrefix, PREFIX_MAX).toUpperCase(Locale.ROOT);
  }

  /// The prefix of a workspace that does not choose one: the first three letters of its name.
  static String defaultPrefix(String name) {
    var letters = name.replaceAll("[^a-zA-Z]", "").toUpperCase(Locale.ROOT);
    return letters.isEmpty()
        ? DEFAULT_PREFIX
        : letters.substring(0, Math.min(DEFAULT_PREFIX_LENGTH, letters.length()));
  }
}
