package dev.muster.tasks.command;

import dev.muster.events.id.AgentId;
import dev.muster.events.id.UserId;
import java.util.UUID;

/// Who makes an issue or says something about one: a member of the workspace, or an agent at work.
///
/// @param type `member` or `agent`
public record Author(String type, UUID id) {
  private static final String AGENT = "agent";

  public static Author member(UserId user) {
    return new Author("member", user.value());
  }

  public static Author agent(AgentId agent) {
    return new Author(AGENT, agent.value());
  }

  public boolean isAgent() {
    return type.equals(AGENT);
  }
}
