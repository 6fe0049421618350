package dev.muster.events.feed;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Instant;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/// A record that a consumer could not take, as the headers of its dead letter say it. The letter
/// has the record's own key, headers and value besides.
///
/// @param topic where the record came from, with partition and offset
/// @param group who could not take it: a consumer group, or a reader without one, and after a slash
///   the listener that failed where the reader itself did not
/// @param attempt how often it could not be taken by then, from 1
/// @param exception what it failed with: the class and what it says
public record PoisonRecord(
    String topic,
    int partition,
    long offset,
    String group,
    int attempt,
    String exception,
    Instant time) {
  private static final String TOPIC = "dead_letter_topic";
  private static final String PARTITION = "dead_letter_partition";
  private static final String OFFSET = "dead_letter_offset";
  private static final String GROUP = "dead_letter_group";
  private static final String ATTEMPT = "dead_letter_attempt";
  private static final String EXCEPTION = "dead_letter_exception";
  private static final String TIME = "dead_letter_time";
  private static final int EXCEPTION_MAX = 500;

  /// What became of a record just now. One that was redriven keeps the place it first came from.
  static PoisonRecord of(ConsumerRecord<?, ?> record, String group, Throwable why, Instant time) {
    var exception = why.getClass().getName() + ": " + why.getMessage();
    var cut = exception.substring(0, Math.min(exception.length(), EXCEPTION_MAX));
    return read(record.headers())
        .map(before ->
            new PoisonRecord(
                before.topic,
                before.partition,
                before.offset,
                group,
                before.attempt + 1,
                cut,
                time))
        .orElseGet(() ->
            new PoisonRecord(
                record.topic(), record.partition(), record.offset(), group, 1, cut, time));
  }

  /// The letter that the headers speak of; empty if they are not a letter's.
  public static Optional<PoisonRecord> read(Headers headers) {
    try {
      return Optional.of(
          new PoisonRecord(
              text(headers, TOPIC),
              Integer.parseInt(text(headers, PARTITION)),
              Long.parseLong(text(headers, OFFSET)),
              text(headers, GROUP),
              Integer.parseInt(text(headers, ATTEMPT)),
              text(headers, EXCEPTION),
              Instant.parse(text(headers, TIME))));
    } catch (RuntimeException e) {
      return Optional.empty();
    }
  }

  /// Writes the letter down among a record's headers, in place of an earlier one.
  void write(Headers headers) {
    put(headers, TOPIC, topic);
    put(headers, PARTITION, Integer.toString(partition));
    put(headers, OFFSET, Long.toString(offset));
    put(headers, GROUP, group);
    put(headers, ATTEMPT, Integer.toString(attempt));
    put(headers, EXCEPTION, exception);
    put(headers, TIME, time.toString());
  }

  /// The same for every letter of the same failure: each instance of a reader without a group
  /// writes one.
  public String failure() {
    return "%s-%d@%d/%s#%d".formatted(topic, partition, offset, group, attempt);
  }

  /// Whether the letter is for the reader as a whole, or for this listener of it.
  public boolean isFor(String reader, @Nullable String listener) {
    return group.equals(reader) || (listener != null && group.equals(reader + "/" + listener));
  }

  private static String text(Headers headers, String name) {
    return new String(headers.lastHeader(name).value(), UTF_8);
  }

  private static void put(Headers headers, String name, String value) {
    headers.remove(name);
    headers.add(name, value.getBytes(UTF_8));
  }
}
