package dev.muster.api.edge;

import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.NumericNode;

/// JSON that is kept whatever is in it: a number that Postgres cannot hold is kept as a text.
public final class LooseJson extends StorableJson {
  @Override
  JsonNode outOfRange(NumericNode number, DeserializationContext context) {
    return context.getNodeFactory().stringNode(number.asString());
  }
}
