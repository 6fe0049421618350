package dev.muster.api.daemon;

import dev.muster.api.edge.Input;
import dev.muster.api.feed.FeedEvent;
import dev.muster.api.feed.FeedListener;
import dev.muster.events.EventType;
import dev.muster.events.id.UserId;
import org.springframework.stereotype.Component;

/// Tells daemons that their user has come into a workspace or left one.
@Component
final class MembershipWatch implements FeedListener {
  private final DaemonConnections connections;

  MembershipWatch(DaemonConnections connections) {
    this.connections = connections;
  }

  @Override
  public String name() {
    return "MembershipWatch";
  }

  @Override
  public boolean takesRedriven() {
    return true;
  }

  @Override
  public void onEvent(FeedEvent event) {
    if (event.type() == EventType.MEMBER_ADDED) {
      tell(event.data().path("member").path("user_id").asString(""));
    } else if (event.type() == EventType.MEMBER_REMOVED) {
      tell(event.data().path("user_id").asString(""));
    }
  }

  private void tell(String user) {
    Input.lenientId(user).map(UserId::new).ifPresent(connections::tellWorkspacesChanged);
  }
}
