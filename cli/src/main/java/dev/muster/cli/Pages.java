package dev.muster.cli;

import java.net.http.HttpHeaders;
import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/// Where a list goes on: an array says it in a `Link` header, an object by its member `next`.
final class Pages {
  private static final Pattern NEXT = Pattern.compile("<(\\?[^>]*)>\\s*;\\s*rel=\"?next\"?");

  private Pages() {}

  /// The path of the next page; empty on the last.
  ///
  /// @param first the path of the first
  static Optional<String> next(String first, HttpHeaders headers, JsonNode page) {
    var query = first.indexOf('?');
    var path = query < 0 ? first : first.substring(0, query);
    if (page.isArray()) {
      return headers
          .firstValue("Link")
          .map(NEXT::matcher)
          .filter(link -> link.find())
          .map(link -> path + link.group(1));
    }
    var cursor = page.path("next").asString("");
    if (cursor.isEmpty()) {
      return Optional.empty();
    }
    var others =
        Arrays.stream((query < 0 ? "" : first.substring(query + 1)).split("&"))
            .filter(part -> !part.isEmpty());
    return Optional.of(
        path
            + Stream.concat(others, Stream.of("cursor=" + Session.encoded(cursor)))
                .collect(Collectors.joining("&", "?", "")));
  }
}
