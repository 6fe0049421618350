package dev.muster.bench;

import java.util.List;
import java.util.regex.Pattern;

/// The ids in answers.
final class Ids {
  private static final Pattern ID = Pattern.compile("\"id\":\"([0-9a-f-]{36})\"");

  private Ids() {}

  /// The first id of an answer: that of what was made.
  static String first(String answer) {
    return all(answer).stream()
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("no id in " + answer));
  }

  static List<String> all(String answer) {
    return ID.matcher(answer).results().map(found -> found.group(1)).toList();
  }
}
