package dev.muster.api.request;

import dev.muster.api.edge.Limits;
import dev.muster.api.edge.Refused;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/// Names in a request that its route does not know, each with the nearest one that it does.
final class Unknown {
  /// What is further away than this many letters, or than half of the name, is another word.
  private static final int DISTANCE_MAX = 3;

  /// A shorter name is part of many others by chance.
  private static final int PART_MIN = 3;

  /// So many names are told, known and unknown ones: a request may have very many.
  private static final int TOLD_MAX = 20;

  private final List<Map<String, String>> members = new ArrayList<>();
  private final List<String> sentences = new ArrayList<>();

  /// Notes a name.
  ///
  /// @param path where it stands: empty, or with what separates it from the name
  void add(String path, String name, Collection<String> known) {
    if (members.size() == TOLD_MAX) {
      return;
    }
    var told = new LinkedHashMap<String, String>();
    told.put("field", shortened(path + name));
    var near = nearest(name, known);
    near.ifPresent(one -> told.put("nearest", path + one));
    members.add(told);
    sentences.add(reason(near, known));
  }

  private static String reason(Optional<String> near, Collection<String> known) {
    return near.map(one -> "is not known: did you mean " + one + "?")
        .orElse(
            known.isEmpty()
                ? "is not known: nothing is taken here"
                : "is not known: known are "
                    + String.join(", ", new TreeSet<>(known).stream().limit(TOLD_MAX).toList()));
  }

  private static String shortened(String name) {
    return name.length() > Limits.PROVIDER ? name.substring(0, Limits.PROVIDER) + "…" : name;
  }

  /// Refuses the request if there was any.
  void refuse() {
    if (members.isEmpty()) {
      return;
    }
    var all = new ArrayList<String>();
    for (var i = 0; i < members.size(); i++) {
      all.add(members.get(i).get("field") + " " + sentences.get(i));
    }
    throw Refused.unknown(
        String.join("; ", all),
        Map.of(
            "field", members.getFirst().getOrDefault("field", ""),
            "reason", sentences.getFirst(),
            "unknown", List.copyOf(members)));
  }

  static Optional<String> nearest(String name, Collection<String> known) {
    var max = Math.min(DISTANCE_MAX, name.length() / 2);
    return known.stream()
        .filter(one -> distance(name, one) <= max)
        .min(
            Comparator.comparingInt((String one) -> distance(name, one))
                .thenComparingInt(String::length)
                .thenComparing(Comparator.naturalOrder()));
  }

  /// How many letters must be changed, a name that is whole words of the other being as near as can
  /// be: `timeout` and `timeout_seconds`.
  private static int distance(String name, String known) {
    return isPart(name, known) || isPart(known, name) ? 1 : edits(name, known);
  }

  private static boolean isPart(String part, String whole) {
    return part.length() >= PART_MIN && ("_" + whole + "_").contains("_" + part + "_");
  }

  /// Levenshtein's distance; too long a name is far from all.
  private static int edits(String left, String right) {
    if (Math.abs(left.length() - right.length()) > DISTANCE_MAX) {
      return Integer.MAX_VALUE;
    }
    var row = new int[right.length() + 1];
    for (var j = 0; j < row.length; j++) {
      row[j] = j;
    }
    for (var i = 1; i <= left.length(); i++) {
      var diagonal = row[0];
      row[0] = i;
      for (var j = 1; j < row.length; j++) {
        var change = diagonal + (left.charAt(i - 1) == right.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(change, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return row[right.length()];
  }
}
