package dev.muster.api.feed;

import dev.muster.api.access.AgentRule;
import dev.muster.api.access.Caller;
import dev.muster.api.access.Role;
import dev.muster.api.edge.Input;
import dev.muster.events.Event;
import dev.muster.events.id.UserId;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Who of a workspace may see something: all members, or, where it tells what a private agent is,
/// its owner and those who administer the workspace. As `GET /api/agents` has it.
///
/// @param owner of the private agent; null where it has none
public record Audience(boolean isRestricted, @Nullable UUID owner) {
  public static final Audience MEMBERS = new Audience(false, null);

  private static final String AGENT = "agent";

  /// Who sees the owner's private agent.
  public static Audience ofPrivate(@Nullable UUID owner) {
    return new Audience(true, owner);
  }

  /// The audience of an event.
  public static Audience of(FeedEvent event) {
    return tellsOfAgent(event.event()) ? ofAgent(event.data().path(AGENT)) : MEMBERS;
  }

  private static boolean tellsOfAgent(Event event) {
    return event.name().startsWith("agent.") || event.name().startsWith("budget.");
  }

  private static Audience ofAgent(JsonNode agent) {
    return AgentRule.isPrivate(agent.path("visibility").asString(""))
        ? ofPrivate(Input.lenientId(agent.path("owner_id").asString("")).orElse(null))
        : MEMBERS;
  }

  public boolean includes(UserId user, boolean administers) {
    return !isRestricted || administers || user.value().equals(owner);
  }

  /// An event's data as the caller may see it: of another's private agent, that it is one.
  static String dataFor(Caller caller, Event event, JsonMapper json) {
    if (!tellsOfAgent(event)) {
      return event.data();
    }
    var administers = caller.role(event.workspace()).map(Role::isOwnerOrAdmin).orElse(false);
    return of(FeedEvent.read(event, json)).includes(caller.user(), administers)
        ? event.data()
        : "{\"%s\":{\"id\":\"%s\",\"visibility\":\"private\"}}".formatted(AGENT, event.subject());
  }
}
