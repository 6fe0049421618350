package dev.muster.api.frame;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// What a frame is about, as far as somebody may ask for it.
///
/// @param agent whose work it is, or the agent itself
/// @param issue what the work is for, or the issue itself
public record FrameSubject(
    FrameKind kind, @Nullable UUID agent, @Nullable UUID issue, @Nullable UUID task) {
  /// Of what is between the server and one client: no filter holds it back.
  public static final FrameSubject THE_SOCKET =
      new FrameSubject(FrameKind.SOCKET, null, null, null);
}
