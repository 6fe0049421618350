package dev.muster.api.request;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.json.JsonMapper;

/// Members that an object of a body has more than once: which of them is meant, nobody knows.
final class RepeatedMembers {
  private RepeatedMembers() {}

  /// The path of the first one; empty if there is none, or the body is no JSON.
  static Optional<String> first(JsonMapper json, String body) {
    try (var parser = json.createParser(body)) {
      return first(parser);
    } catch (JacksonException e) {
      return Optional.empty();
    }
  }

  private static Optional<String> first(JsonParser parser) {
    Deque<Set<String>> seen = new ArrayDeque<>();
    for (var token = parser.nextToken(); token != null; token = parser.nextToken()) {
      if (token == JsonToken.START_OBJECT) {
        seen.push(new HashSet<>());
      } else if (token == JsonToken.END_OBJECT) {
        seen.pop();
      } else if (token == JsonToken.PROPERTY_NAME && !seen.element().add(parser.currentName())) {
        return Optional.of(path(parser));
      }
    }
    return Optional.empty();
  }

  /// As other refusals write it: `files[1].content`.
  private static String path(JsonParser parser) {
    return parser
        .streamReadContext()
        .pathAsPointer(false)
        .toString()
        .substring(1)
        .replaceAll("/(\\d+)(?=/|$)", "[$1]")
        .replace('/', '.');
  }
}
