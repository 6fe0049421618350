package dev.muster.api.notifier;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// What a socket is told: one text message, written once for all who watch.
///
/// @param bytes its size on the wire
/// @param replaces what a later frame of the same kind makes obsolete; null if each one counts
record Frame(String json, int bytes, @Nullable UUID replaces) {
  static Frame of(String json) {
    return new Frame(json, json.getBytes(UTF_8).length, null);
  }

  /// One that only matters until the next about the same thing.
  static Frame latest(UUID of, String json) {
    return new Frame(json, json.getBytes(UTF_8).length, of);
  }
}
