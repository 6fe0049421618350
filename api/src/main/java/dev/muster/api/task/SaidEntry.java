package dev.muster.api.task;

import static dev.muster.api.task.TaskWrites.cut;
import static dev.muster.api.task.TaskWrites.shorten;

import dev.muster.api.edge.Limits;
import dev.muster.api.edge.LooseJson;
import dev.muster.api.edge.Refused;
import dev.muster.api.edge.StorableText;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.deser.std.StdDeserializer;
import tools.jackson.databind.json.JsonMapper;

/// A message of a running task as a daemon sends it: one that cannot be kept does not cost the
/// others.
///
/// @param seq its place in the run, from 1
record SaidEntry(
    @Nullable Integer seq,
    @Nullable String type,
    @Nullable String tool,
    @Nullable String content,
    @Nullable JsonNode input,
    @Nullable String output) {
  /// So many at once are written and published together.
  private static final int PART_MAX = 500;

  private static final int PART_CHARACTERS = 512 * 1024;

  /// So many of one request are kept.
  private static final int KEPT_MAX = 10 * PART_MAX;

  private static final JsonMapper JSON = JsonMapper.shared();

  /// What can be kept: what has a place in the run, the first that there is room for.
  ///
  /// @throws Refused 400 if none of them has a place
  static List<RunStore.Message> kept(List<@Nullable SaidEntry> all) {
    var said = all.stream().filter(Objects::nonNull).toList();
    var kept =
        said.stream()
            .filter(entry -> entry.seq != null && entry.seq >= 1)
            .limit(KEPT_MAX)
            .map(SaidEntry::message)
            .toList();
    if (kept.isEmpty() && !said.isEmpty()) {
      throw Refused.invalid("messages.seq", "must be a number from 1 on");
    }
    return kept;
  }

  /// The messages in order, in parts that a record can hold; an empty one if there are none.
  static List<List<RunStore.Message>> inParts(List<RunStore.Message> messages) {
    var parts = new ArrayList<List<RunStore.Message>>();
    var from = 0;
    var characters = 0;
    for (var i = 0; i < messages.size(); i++) {
      var length = length(messages.get(i));
      if (i > from && (i - from == PART_MAX || characters + length > PART_CHARACTERS)) {
        parts.add(messages.subList(from, i));
        from = i;
        characters = 0;
      }
      characters += length;
    }
    parts.add(messages.subList(from, messages.size()));
    return parts;
  }

  private static int length(RunStore.Message message) {
    var input = message.input();
    return message.content().length()
        + message.output().length()
        + (input == null ? 0 : input.length());
  }

  private RunStore.Message message() {
    var given = type == null || type.isBlank() ? "text" : type.strip();
    return new RunStore.Message(
        Objects.requireNonNull(seq),
        cut(given, Limits.NAME),
        cut(tool, Limits.NAME),
        shorten(content, Limits.TEXT),
        input == null || input.isNull() ? null : inputText(input),
        shorten(output, Limits.TEXT));
  }

  /// A JSON object, whatever was sent: what is none, or too long, is in one.
  private static String inputText(JsonNode input) {
    var text = input.toString();
    if (text.length() > Limits.JSON) {
      return JSON.createObjectNode().put("cut", shorten(text, Limits.JSON / 2)).toString();
    }
    return input.isObject() ? text : JSON.createObjectNode().set("value", input).toString();
  }

  /// Reads one message, whatever types its members have: of one that is wrong as much is read as
  /// can be, so that it does not cost the others of its request.
  static final class Reader extends StdDeserializer<SaidEntry> {
    private static final LooseJson ANY = new LooseJson();

    Reader() {
      super(SaidEntry.class);
    }

    @Override
    public @Nullable SaidEntry deserialize(JsonParser parser, DeserializationContext context) {
      if (parser.currentToken() != JsonToken.START_OBJECT) {
        parser.skipChildren();
        return null;
      }
      @Nullable Integer seq = null;
      @Nullable String type = null;
      @Nullable String tool = null;
      @Nullable String content = null;
      @Nullable JsonNode input = null;
      @Nullable String output = null;
      for (var name = parser.nextName(); name != null; name = parser.nextName()) {
        var _ = parser.nextToken();
        switch (name.toLowerCase(Locale.ROOT)) {
          case "seq" -> seq = place(parser);
          case "type" -> type = text(parser, context);
          case "tool" -> tool = text(parser, context);
          case "content" -> content = text(parser, context);
          case "input" -> input = any(parser, context);
          case "output" -> output = text(parser, context);
          default -> parser.skipChildren();
        }
      }
      return new SaidEntry(seq, type, tool, content, input, output);
    }

    private static @Nullable Integer place(JsonParser parser) {
      if (parser.currentToken() == JsonToken.VALUE_NUMBER_INT
          && parser.getNumberType() == JsonParser.NumberType.INT) {
        return parser.getIntValue();
      }
      parser.skipChildren();
      return null;
    }

    /// What is no text is kept as it was written.
    private static @Nullable String text(JsonParser parser, DeserializationContext context) {
      if (parser.currentToken() == JsonToken.VALUE_STRING) {
        return StorableText.of(parser.getString());
      }
      var value = any(parser, context);
      return value == null ? null : value.toString();
    }

    private static @Nullable JsonNode any(JsonParser parser, DeserializationContext context) {
      return parser.currentToken() == JsonToken.VALUE_NULL
          ? null
          : ANY.deserialize(parser, context);
    }
  }
}
