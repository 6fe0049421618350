package dev.muster.api.edge;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import org.jspecify.annotations.Nullable;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.ValueDeserializer;
import tools.jackson.databind.cfg.CoercionAction;
import tools.jackson.databind.cfg.CoercionInputShape;
import tools.jackson.databind.deser.jackson.JsonNodeDeserializer;
import tools.jackson.databind.deser.std.StdDeserializer;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.module.SimpleModule;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.NumericNode;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.node.StringNode;
import tools.jackson.databind.ser.std.StdSerializer;
import tools.jackson.databind.type.LogicalType;

/// JSON as the seed reads and writes it: snake case, unknown fields ignored, names matched in any
/// case, the first value read and what follows ignored, no coercion between types, times in UTC to
/// the second.
@Configuration(proxyBeanMethods = false)
class JsonConfiguration {
  @Bean
  JsonMapper jsonMapper() {
    return JsonMapper.builder()
        .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
        .enable(MapperFeature.ACCEPT_CASE_INSENSITIVE_PROPERTIES)
        .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
        .disable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
        .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
        .disable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
        .disable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
        .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
        .withCoercionConfig(
            LogicalType.Textual,
            coercion ->
                coercion
                    .setCoercion(CoercionInputShape.Integer, CoercionAction.Fail)
                    .setCoercion(CoercionInputShape.Float, CoercionAction.Fail)
                    .setCoercion(CoercionInputShape.Boolean, CoercionAction.Fail))
        .addModule(storable())
        .build();
  }

  private static SimpleModule storable() {
    return new SimpleModule()
        .addDeserializer(String.class, new StorableString())
        .addDeserializer(JsonNode.class, new StorableJson())
        .addSerializer(Instant.class, new WholeSeconds());
  }

  private static final class StorableString extends StdDeserializer<String> {
    StorableString() {
      super(String.class);
    }

    @Override
    public String deserialize(JsonParser parser, DeserializationContext context) {
      if (parser.currentToken() != JsonToken.VALUE_STRING) {
        return (String) context.handleUnexpectedToken(String.class, parser);
      }
      return StorableText.of(parser.getString());
    }
  }

  private static final class StorableJson extends StdDeserializer<JsonNode> {
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

    /// Postgres writes numbers out: a few characters here would be hundreds of digits in every
    /// event. Whole numbers already are as long as they look.
    private static boolean isOutOfRange(NumericNode number) {
      if (number.isIntegralNumber()) {
        return false;
      }
      var size = Math.abs(number.doubleValue());
      return size > NUMBER_MAX || (size != 0 && size < NUMBER_MIN);
    }

    private static JsonNode storable(JsonNode node, DeserializationContext context) {
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
        case NumericNode number when isOutOfRange(number) ->
            throw context.weirdNumberException(
                number.doubleValue(), JsonNode.class, "out of range");
        default -> node;
      };
    }
  }

  private static final class WholeSeconds extends StdSerializer<Instant> {
    WholeSeconds() {
      super(Instant.class);
    }

    @Override
    public void serialize(Instant value, JsonGenerator generator, SerializationContext context) {
      generator.writeString(value.truncatedTo(ChronoUnit.SECONDS).toString());
    }
  }
}
