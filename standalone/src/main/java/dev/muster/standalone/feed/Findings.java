package dev.muster.standalone.feed;

import dev.muster.events.FeedNames;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/// What a check counted, and what it found wrong.
final class Findings {
  private static final int SHOWN_MAX = 10;

  /// The promises that can be broken.
  enum Promise {
    POSITIONS("positions are dense and in order in event_log"),
    SEQUENCES("each task's events are dense and in order"),
    PATHS("each task goes a legal way"),
    STATES("each task is as its last event says"),
    TOPIC("%1$s holds the log, once and in its order"),
    TASKS("%2$s holds each task's last event, and no task that was deleted or never was");

    private final String text;

    Promise(String text) {
      this.text = text;
    }

    private String text(FeedNames names) {
      return text.formatted(names.events(), names.tasks());
    }
  }

  private final FeedNames names;

  private final Map<String, Long> counts = new LinkedHashMap<>();
  private final Map<Promise, Long> broken = new LinkedHashMap<>();
  private final List<String> unchecked = new ArrayList<>();
  private final List<String> first = new ArrayList<>();

  Findings(FeedNames names) {
    this.names = names;
  }

  void count(String what, long number) {
    counts.put(what, number);
  }

  void violation(Promise promise, String sentence) {
    broken.merge(promise, 1L, Long::sum);
    if (first.size() < SHOWN_MAX) {
      first.add(sentence);
    }
  }

  /// Something that could not be looked at, and so is neither right nor wrong.
  void unchecked(String sentence) {
    unchecked.add(sentence);
  }

  long broken(Promise promise) {
    return broken.getOrDefault(promise, 0L);
  }

  boolean isClean() {
    return broken.isEmpty() && unchecked.isEmpty();
  }

  /// What a tool that checks ends with.
  int exitCode() {
    if (!broken.isEmpty()) {
      return 1;
    }
    return unchecked.isEmpty() ? 0 : 2;
  }

  /// The whole of it, for a person.
  String report() {
    var lines = new ArrayList<String>();
    lines.add(
        counts.entrySet().stream()
            .map(count -> count.getValue() + " " + count.getKey())
            .collect(Collectors.joining(", ")));
    for (var promise : Promise.values()) {
      var times = broken(promise);
      lines.add("%-8s %s".formatted(times == 0 ? "ok" : times + " ×", promise.text(names)));
    }
    unchecked.forEach(sentence -> lines.add("not checked: " + sentence));
    if (!first.isEmpty()) {
      lines.add("The first violations:");
      first.forEach(sentence -> lines.add("  " + sentence));
    }
    return String.join(System.lineSeparator(), lines);
  }
}
