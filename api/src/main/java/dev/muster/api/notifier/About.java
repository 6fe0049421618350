package dev.muster.api.notifier;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// What a frame is about, as far as somebody may ask for it.
///
/// @param kind the part of its type before the colon
/// @param agent whose work it is, or the agent itself
/// @param issue what the work is for, or the issue itself
record About(String kind, @Nullable UUID agent, @Nullable UUID issue, @Nullable UUID task) {
  /// Of what is between the server and one client: no filter holds it back.
  static final About THE_SOCKET = new About("", null, null, null);
}
