package dev.muster.api.agent;

import tools.jackson.databind.JsonNode;

/// What makes an agent start working, as its list of triggers says.
public final class Triggers {
  /// An issue is given to the agent.
  public static final String ON_ASSIGN = "on_assign";

  /// A member comments on the agent's issue.
  public static final String ON_COMMENT = "on_comment";

  private Triggers() {}

  /// Whether the trigger is on: an empty list turns all on, any other list those it enables.
  public static boolean isOn(JsonNode triggers, String type) {
    if (!triggers.isArray()) {
      return false;
    }
    if (triggers.isEmpty()) {
      return true;
    }
    for (var trigger : triggers) {
      if (trigger.path("type").asString("").equals(type)
          && trigger.path("enabled").asBoolean(false)) {
        return true;
      }
    }
    return false;
  }
}
