package dev.muster.tasks.decide;

import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.io.JsonStringEncoder;

/// A flat JSON object, member by member. Events are many and small; a tree for each costs more than
/// its text.
final class JsonText {
  private final StringBuilder json = new StringBuilder(1_024).append('{');

  /// A member that is a string, or null.
  JsonText text(String name, @Nullable String value) {
    name(name);
    if (value == null) {
      json.append("null");
    } else {
      json.append('"').append(JsonStringEncoder.getInstance().quoteAsCharArray(value)).append('"');
    }
    return this;
  }

  /// A member that is JSON already, or null.
  JsonText raw(String name, @Nullable String value) {
    name(name);
    json.append(value);
    return this;
  }

  JsonText texts(String name, List<UUID> values) {
    name(name);
    json.append('[');
    for (var i = 0; i < values.size(); i++) {
      json.append(i == 0 ? "\"" : ",\"").append(values.get(i)).append('"');
    }
    json.append(']');
    return this;
  }

  String done() {
    return json.append('}').toString();
  }

  private void name(String name) {
    json.append(json.length() == 1 ? "\"" : ",\"").append(name).append("\":");
  }
}
