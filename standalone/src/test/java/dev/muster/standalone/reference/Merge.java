package dev.muster.standalone.reference;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// What is written by hand, laid over what was made.
final class Merge {
  private Merge() {}

  /// Members of objects are added or replaced one by one; `null` takes one away, and a reference
  /// stands for the whole.
  static void into(ObjectNode made, JsonNode written) {
    written
        .properties()
        .forEach(member -> {
          var before = made.get(member.getKey());
          if (member.getValue().isNull()) {
            made.remove(member.getKey());
          } else if (before instanceof ObjectNode object
              && member.getValue().isObject()
              && !member.getValue().has("$ref")) {
            into(object, member.getValue());
          } else {
            made.set(member.getKey(), member.getValue().deepCopy());
          }
        });
  }
}
