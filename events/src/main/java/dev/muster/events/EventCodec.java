package dev.muster.events;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.muster.events.id.WorkspaceId;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// The wire form of an event: CloudEvents 1.0, Kafka protocol binding, binary mode. The attributes
/// are headers (`ce_` and the attribute's name, UTF-8), the value is the event's data as JSON.
///
/// Extensions: `position` (dense per workspace) and, for task events, `sequence` (dense per task).
public final class EventCodec {
  private static final String TYPE_PREFIX = "dev.muster.";
  private static final String ATTRIBUTE_PREFIX = "ce_";
  private static final int STRUCTURED_HEAD = 500;
  private static final String SOURCE_PREFIX = "/workspaces/";

  private EventCodec() {}

  /// The headers of the event's record, in the order in which they are written.
  public static Map<String, byte[]> headers(Event event) {
    var headers = new LinkedHashMap<String, byte[]>();
    put(headers, "content-type", "application/json");
    put(headers, "ce_specversion", "1.0");
    put(headers, "ce_id", event.workspace() + ":" + event.position());
    put(headers, "ce_source", SOURCE_PREFIX + event.workspace());
    put(headers, "ce_type", TYPE_PREFIX + event.name());
    put(headers, "ce_subject", event.subject().toString());
    put(headers, "ce_time", InstantText.of(event.time()));
    put(headers, "ce_position", Long.toString(event.position()));
    if (event.seq() != null) {
      put(headers, "ce_sequence", Long.toString(event.seq()));
    }
    return headers;
  }

  /// The event as one JSON object: CloudEvents' structured mode. Its attributes are the texts that
  /// the record's headers have.
  ///
  /// @param epoch the name of the history that the position belongs to
  public static String structured(Event event, String epoch) {
    var text = new StringBuilder(event.data().length() + STRUCTURED_HEAD);
    text.append('{');
    headers(event)
        .forEach((name, value) -> {
          if (name.startsWith(ATTRIBUTE_PREFIX)) {
            var attribute = name.substring(ATTRIBUTE_PREFIX.length());
            text.append('"').append(attribute).append("\":\"");
            text.append(new String(value, UTF_8)).append("\",");
          }
        });
    text.append("\"epoch\":\"").append(epoch).append("\",");
    text.append("\"datacontenttype\":\"application/json\",\"data\":");
    return text.append(event.data()).append('}').toString();
  }

  /// The key of the event's record: all events of a workspace share a partition.
  public static byte[] key(Event event) {
    return event.workspace().toString().getBytes(UTF_8);
  }

  public static byte[] value(Event event) {
    return event.data().getBytes(UTF_8);
  }

  /// Reads an event back from its record.
  ///
  /// @param header the value of a header by its name, or null
  /// @return empty if the event's type is unknown to this version
  /// @throws IllegalArgumentException if a needed header is missing or not of its form
  public static Optional<Event> decode(Function<String, byte @Nullable []> header, byte[] value) {
    return Optional.of(read(header, value)).filter(event -> EventType.of(event.name()).isPresent());
  }

  /// Reads an event back from its record, whether this version knows its type or not.
  ///
  /// @param header the value of a header by its name, or null
  /// @throws IllegalArgumentException if a needed header is missing or not of its form
  public static Event read(Function<String, byte @Nullable []> header, byte[] value) {
    var type = text(header, "ce_type");
    var sequence = header.apply("ce_sequence");
    return new Event(
        new WorkspaceId(UUID.fromString(after(SOURCE_PREFIX, text(header, "ce_source")))),
        Long.parseLong(text(header, "ce_position")),
        after(TYPE_PREFIX, type),
        UUID.fromString(text(header, "ce_subject")),
        sequence == null ? null : Long.valueOf(new String(sequence, UTF_8)),
        Instant.parse(text(header, "ce_time")),
        new String(value, UTF_8));
  }

  private static String after(String prefix, String text) {
    if (!text.startsWith(prefix)) {
      throw new IllegalArgumentException(text + " does not begin with " + prefix);
    }
    return text.substring(prefix.length());
  }

  private static String text(Function<String, byte @Nullable []> header, String name) {
    var value = header.apply(name);
    if (value == null) {
      throw new IllegalArgumentException("record has no header " + name);
    }
    return new String(value, UTF_8);
  }

  private static void put(Map<String, byte[]> headers, String name, String value) {
    headers.put(name, value.getBytes(UTF_8));
  }
}
