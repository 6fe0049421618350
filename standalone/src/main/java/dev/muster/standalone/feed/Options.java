package dev.muster.standalone.feed;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// What stands behind a tool's name: options of its own, and settings for Spring.
///
/// @param own by their names, without the dashes
/// @param settings as `--spring.…=value`, and `--muster.feed.prefix=value`
record Options(Map<String, String> own, List<String> settings) {
  /// @param known the options there are; each takes a value, behind `=` or as the next word
  static Options parse(String tool, Set<String> known, String[] arguments) {
    var own = new HashMap<String, String>();
    var words = Arrays.asList(arguments).iterator();
    var settings = new java.util.ArrayList<String>();
    while (words.hasNext()) {
      var word = words.next();
      var name = word.replaceFirst("^--", "").split("=", 2)[0];
      if (word.startsWith("--spring.") || word.startsWith("--muster.feed.prefix=")) {
        settings.add(word);
      } else if (word.startsWith("--") && known.contains(name)) {
        var value = word.contains("=") ? word.substring(word.indexOf('=') + 1) : "";
        own.put(name, word.contains("=") || !words.hasNext() ? value : words.next());
      } else {
        throw new CannotRun(
            "%s does not know %s; it knows --%s."
                .formatted(tool, word, String.join(", --", known.stream().sorted().toList())));
      }
    }
    return new Options(Map.copyOf(own), List.copyOf(settings));
  }

  Optional<String> text(String name) {
    return Optional.ofNullable(own.get(name)).filter(value -> !value.isBlank());
  }

  long number(String name, long otherwise) {
    try {
      var number = text(name).map(Long::parseLong).orElse(otherwise);
      if (number >= 0) {
        return number;
      }
    } catch (NumberFormatException e) {
      throw new CannotRun("--%s takes a whole number, not %s.".formatted(name, own.get(name)), e);
    }
    throw new CannotRun("--%s takes a number that is not negative.".formatted(name));
  }
}
