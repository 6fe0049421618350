package dev.muster.api.notifier;

import dev.muster.api.frame.FrameFilter;
import jakarta.servlet.http.HttpServletRequest;
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
        since != null || "1".equals(request.getParameter("heartbeat")));
  }

  /// Whether it keeps a cursor: then nothing is left out or told twice without its knowing.
  boolean isResumable() {
    return heartbeat;
  }
}
