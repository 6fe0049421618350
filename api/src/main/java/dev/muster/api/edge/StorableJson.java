package dev.muster.api.edge;

import java.util.LinkedHashMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ValueDeserializer;
import tools.jackson.databind.deser.jackson.JsonNodeDeserializer;
import tools.jackson.databind.deser.std.StdDeserializer;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.NumericNode;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.node.StringNode;

/// JSON that Postgres can hold: texts are made storable, and a number that it cannot hold is
/// refused.
class StorableJson extends StdDeserializer<JsonNode> {
  /// Jackson's own reader: the context's would come back here.
  private static final ValueDeserializer<?> TREE =
      JsonNodeDeserializer.getDeserializer(JsonNode.class);

  private static final double NUMBER_MAX = 1e30;
  private static final double NUMBER_MIN = 1e-30;

  StorableJson() {
    super(JsonNode.class);
  }

  @Override
  public JsonNode deserialize(JsonParser parser, DeserializationContext context) {
    return storable((JsonNode) TREE.deserialize(parser, context), context);
  }

  @Override
  public JsonNode getNullValue(DeserializationContext context) {
    return context.getNodeFactory().nullNode();
  }

  /// What is absent is null in Java, what is `null` is a node: partial updates tell them apart.
  @Override
  public @Nullable Object getAbsentValue(DeserializationContext context) {
    return null;
  }

  /// Postgres writes numbers out: a few characters here would be hundreds of digits in every event.
  /// Whole numbers already are as long as they look.
  private static boolean isOutOfRange(NumericNode number) {
    return !number.isIntegralNumber() && isOutOfRange(number.doubleValue());
  }

  static boolean isOutOfRange(double number) {
    var size = Math.abs(number);
    return !(size <= NUMBER_MAX) || (size != 0 && size < NUMBER_MIN);
  }

  private JsonNode storable(JsonNode node, DeserializationContext context) {
    return switch (node) {
      case StringNode text ->
          context.getNodeFactory().stringNode(StorableText.of(text.stringValue()));
      case ArrayNode array -> {
        var copy = context.getNodeFactory().arrayNode();
        array.forEach(element -> copy.add(storable(element, context)));
        yield copy;
      }
      case ObjectNode object -> {
        var members = new LinkedHashMap<String, JsonNode>();
        object
            .properties()
            .forEach(
                p -> members.put(StorableText.of(p.getKey()), storable(p.getValue(), context)));
        yield context.getNodeFactory().objectNode().setAll(members);
      }
      case NumericNode number when isOutOfRange(number) -> outOfRange(number, context);
      default -> node;
    };
  }

  /// What becomes of a number that Postgres would write out in hundreds of digits.
  JsonNode outOfRange(NumericNode number, DeserializationContext context) {
    throw context.weirdNumberException(number.doubleValue(), JsonNode.class, "out of range");
  }
}
