package dev.muster.bench;

import java.lang.management.ManagementFactory;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// The processor time of this JVM, by what its threads are for. What makes the load, and the reader
/// that measures, are left out; so are compiler and collector, which are nobody's thread.
final class FeedTime {
  private final Map<Long, Long> before = nanosPerThread();

  /// The milliseconds since this was made, by what they were spent for, each divided by the number.
  String per(double number) {
    var spent = new TreeMap<String, Double>();
    var threads = ManagementFactory.getThreadMXBean();
    for (var now : nanosPerThread().entrySet()) {
      var thread = threads.getThreadInfo(now.getKey());
      if (thread != null) {
        var nanos = now.getValue() - before.getOrDefault(now.getKey(), 0L);
        spent.merge(purpose(thread.getThreadName()), nanos / 1e6 / number, Double::sum);
      }
    }
    spent.remove("load");
    var all = spent.values().stream().mapToDouble(millis -> millis).sum();
    return spent.entrySet().stream()
        .filter(part -> part.getValue() >= 0.0005)
        .map(part -> "%s %.3f".formatted(part.getKey(), part.getValue()))
        .collect(Collectors.joining(", ", "%.3f ms of processor time (".formatted(all), ")"));
  }

  private static String purpose(String thread) {
    return switch (thread) {
      case "main", "bench-reader" -> "load";
      case "muster-relay" -> "relay";
      case "muster-publisher", "muster-task-table" -> "publisher";
      case "muster-feed-reader" -> "reader";
      case String name when name.startsWith("kafka-producer-network-thread") -> "producer";
      case String name
          when name.startsWith("data-plane")
              || name.startsWith("TxnMarker")
              || name.startsWith("transaction-")
              || name.startsWith("kafka-")
              || name.startsWith("group-")
              || name.startsWith("share-")
              || name.startsWith("Expiration")
              || name.contains("raft") ->
          "broker";
      default -> "other";
    };
  }

  private static Map<Long, Long> nanosPerThread() {
    var threads = ManagementFactory.getThreadMXBean();
    var nanos = new HashMap<Long, Long>();
    for (var id : threads.getAllThreadIds()) {
      nanos.put(id, Math.max(0, threads.getThreadCpuTime(id)));
    }
    return nanos;
  }
}
