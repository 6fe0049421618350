package dev.muster.api.server;

import java.util.Optional;
import org.springframework.stereotype.Component;

/// Whether there is room for more work: whoever runs the servers in this process says so when what
/// they run on is nearly used up. What is left is kept for the work that is under way.
@Component
public final class Headroom {
  /// Written by whoever watches, read by each request.
  private volatile Optional<String> shortage = Optional.empty();

  /// Tells what is short, in a sentence; nothing if there is room.
  public void tell(Optional<String> sentence) {
    shortage = sentence;
  }

  Optional<String> shortage() {
    return shortage;
  }
}
