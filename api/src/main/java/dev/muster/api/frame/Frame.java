package dev.muster.api.frame;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.muster.api.feed.Audience;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// What a socket is told: one text message, written once for all who watch.
///
/// @param bytes its size on the wire
/// @param position its event's place in the workspace's history; 0 if it is not of the feed
/// @param audience who of the workspace may see it
/// @param replaces what a later frame of the same kind makes obsolete; null if each one counts
public record Frame(
    String json,
    int bytes,
    FrameSubject about,
    Audience audience,
    long position,
    @Nullable UUID replaces) {
  /// One between the server and one client.
  public static Frame of(String json) {
    return new Frame(json, size(json), FrameSubject.THE_SOCKET, Audience.MEMBERS, 0, null);
  }

  public static Frame of(String json, FrameSubject about, Audience audience, long position) {
    return new Frame(json, size(json), about, audience, position, null);
  }

  /// One that only matters until the next about the same thing.
  public static Frame latest(UUID of, FrameSubject about, String json) {
    return latest(of, about, Audience.MEMBERS, json);
  }

  public static Frame latest(UUID of, FrameSubject about, Audience audience, String json) {
    return new Frame(json, size(json), about, audience, 0, of);
  }

  private static int size(String json) {
    return json.getBytes(UTF_8).length;
  }
}
