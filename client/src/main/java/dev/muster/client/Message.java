package dev.muster.client;

import java.util.List;
import java.util.Map;

/// A line of what an agent says while it works.
///
/// @param seq from 1, dense; a repeated one is ignored
/// @param type `text`, or what the agent's protocol calls it
/// @param isUnfinished whether the line goes on with the next message of its type
public record Message(long seq, String type, String content, boolean isUnfinished) {
  /// How many of them one call carries.
  public static final int CALL_MAX = 500;

  /// A whole line.
  public Message(long seq, String type, String content) {
    this(seq, type, content, false);
  }

  /// What a line costs beside its text, so that empty ones are bounded too.
  static final int COST = 64;

  /// How many characters a call carries: more only where one message has them.
  public static final int CALL_CHARACTERS = 64 * 1024;

  /// The length that counts for what a call carries.
  public int cost() {
    return content.length() + COST;
  }

  /// How many of the first messages fit into one call.
  public static int fitting(List<Message> messages) {
    var count = 0;
    for (var characters = 0;
        count < messages.size() && count < CALL_MAX && characters < CALL_CHARACTERS;
        count++) {
      characters += messages.get(count).cost();
    }
    return count;
  }

  public Map<String, Object> body() {
    return isUnfinished
        ? Json.object(
            "seq", seq, "type", type, "content", content, "input", Map.of("unfinished", true))
        : Json.object("seq", seq, "type", type, "content", content);
  }
}
