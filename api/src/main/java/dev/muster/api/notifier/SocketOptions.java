package dev.muster.api.notifier;

import dev.muster.api.edge.Input;
import dev.muster.api.frame.FrameFilter;
import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a client asks of its socket when it connects.
///
/// @param since where it was when it was last connected; null if it never was
/// @param heartbeat whether it wants to hear how far it is
record SocketOptions(FrameFilter filter, @Nullable String since, boolean heartbeat) {
  static SocketOptions of(HttpServletRequest request) {
    var since = request.getParameter("since");
    return new SocketOptions(
        FrameFilter.of(request),
        since,
        since != null || isTrue("heartbeat", request.getParameter("heartbeat")));
  }

  private static boolean isTrue(String name, @Nullable String value) {
    return value != null && Input.oneOf(name, value, List.of("0", "1")).equals("1");
  }

  /// Whether it keeps a cursor: then nothing is left out or told twice without its knowing.
  boolean isResumable() {
    return heartbeat;
  }
}
