package dev.muster.api.issue.field;

import dev.muster.api.edge.Input;
import dev.muster.api.edge.Refused;
import dev.muster.events.id.AgentId;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// Whom an issue is given to: a member by user id, an agent, or nobody (both null).
public record Assignee(@Nullable String type, @Nullable UUID id) {
  public static final Assignee NOBODY = new Assignee(null, null);

  public static Assignee agent(AgentId agent) {
    return new Assignee("agent", agent.value());
  }

  /// The assignee that a client names; 400 for half of one.
  public static Assignee of(@Nullable String type, @Nullable String id) {
    if (type == null && id == null) {
      return NOBODY;
    }
    if (type == null) {
      throw Refused.invalid("assignee_type", "is required with assignee_id");
    }
    Input.oneOf("assignee_type", type, List.of("member", "agent"));
    if (id == null) {
      throw Refused.invalid("assignee_id", "is required with assignee_type");
    }
    return new Assignee(type, Input.id("assignee_id", id));
  }

  public Optional<AgentId> agentId() {
    return "agent".equals(type) && id != null ? Optional.of(new AgentId(id)) : Optional.empty();
  }
}
