package dev.muster.client;

import java.util.Map;

/// A line of what an agent says while it works.
///
/// @param seq from 1, dense; a repeated one is ignored
/// @param type `text`, or what the agent's protocol calls it
public record Message(long seq, String type, String content) {
  /// How many of them one call carries.
  public static final int CALL_MAX = 500;

  Map<String, Object> body() {
    return Json.object("seq", seq, "type", type, "content", content);
  }
}
