package dev.muster.client;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// JSON as this package reads and writes it: what is missing or of another type is empty.
final class Json {
  private static final JsonMapper MAPPER = JsonMapper.shared();

  private Json() {}

  /// An object whose members keep this order: names and values in turn.
  static Map<String, Object> object(Object... namesAndValues) {
    var members = new LinkedHashMap<String, Object>();
    for (var i = 0; i < namesAndValues.length; i += 2) {
      members.put(namesAndValues[i].toString(), namesAndValues[i + 1]);
    }
    return members;
  }

  static byte[] bytes(Object value) {
    return MAPPER.writeValueAsBytes(value);
  }

  /// What was read; a missing node if it is no JSON.
  static JsonNode read(byte[] body) {
    try {
      return MAPPER.readTree(new String(body, StandardCharsets.UTF_8));
    } catch (JacksonException e) {
      return MAPPER.missingNode();
    }
  }

  static String text(JsonNode node, String member) {
    return node.path(member).asString("");
  }

  static List<String> texts(JsonNode array) {
    return array.valueStream().map(element -> element.asString("")).toList();
  }
}
