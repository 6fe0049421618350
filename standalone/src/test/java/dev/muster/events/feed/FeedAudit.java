package dev.muster.events.feed;

import dev.muster.events.FeedNames;
import dev.muster.standalone.WholeTopic;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.serialization.StringDeserializer;

/// A consumer that shares no code with Muster: reads what is committed in the feed and counts what
/// is not as it was promised.
///
/// @param tasks the sequence numbers of each task, in the order in which they came
/// @param workspaces the positions of each workspace, in the order in which they came
record FeedAudit(Map<UUID, List<Long>> tasks, Map<String, List<Long>> workspaces) {

  /// How often a promise was broken.
  record Broken(long lost, long doubled, long reordered) {
    static final Broken NEVER = new Broken(0, 0, 0);

    Broken plus(Broken other) {
      return new Broken(lost + other.lost, doubled + other.doubled, reordered + other.reordered);
    }

    /// What is wrong with numbers that ought to be 1 to `last`, in this order.
    static Broken of(List<Long> numbers, long last) {
      var seen = new HashSet<Long>();
      var doubled = 0;
      var reordered = 0;
      var highest = 0L;
      for (var number : numbers) {
        if (!seen.add(number)) {
          doubled++;
        } else if (number < highest) {
          reordered++;
        }
        highest = Math.max(highest, number);
      }
      return new Broken(last - seen.size(), doubled, reordered);
    }
  }

  /// Reads the feed up to its present end.
  static FeedAudit read(String kafka) {
    var audit = new FeedAudit(new HashMap<>(), new HashMap<>());
    WholeTopic.read(kafka, FeedNames.DEFAULT.events(), new StringDeserializer(), audit::add);
    return audit;
  }

  private void add(ConsumerRecord<String, String> record) {
    workspaces
        .computeIfAbsent(header(record, "ce_source"), _ -> new ArrayList<>())
        .add(Long.valueOf(header(record, "ce_position")));
    tasks
        .computeIfAbsent(UUID.fromString(header(record, "ce_subject")), _ -> new ArrayList<>())
        .add(Long.valueOf(header(record, "ce_sequence")));
  }

  private static String header(ConsumerRecord<String, String> record, String name) {
    return new String(record.headers().lastHeader(name).value(), StandardCharsets.UTF_8);
  }

  int events() {
    return tasks.values().stream().mapToInt(Collection::size).sum();
  }

  /// @param expected the last sequence number of each task
  Broken broken(Map<UUID, Long> expected) {
    var perTask =
        expected.entrySet().stream()
            .map(task -> Broken.of(tasks.getOrDefault(task.getKey(), List.of()), task.getValue()));
    var perWorkspace =
        workspaces.values().stream()
            .map(positions ->
                Broken.of(positions, positions.stream().mapToLong(p -> p).max().orElse(0)));
    return java.util.stream.Stream.concat(perTask, perWorkspace).reduce(Broken.NEVER, Broken::plus);
  }
}
