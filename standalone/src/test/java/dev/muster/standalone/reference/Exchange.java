package dev.muster.standalone.reference;

import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// A request and what it was answered.
///
/// @param pattern the route's, with its variables in braces
/// @param query the parameters, each with its last value
/// @param body the request's; null if there was none, or it was too long to be kept
/// @param headers the names of the answer's headers, in small letters
/// @param type the answer's media type; empty if it has none
/// @param answer null if it was too long to be kept
public record Exchange(
    String method,
    String pattern,
    Map<String, String> query,
    @Nullable String body,
    int status,
    Set<String> headers,
    String type,
    @Nullable String answer) {
  public Exchange {
    query = Map.copyOf(query);
    headers = Set.copyOf(headers);
  }

  String operation() {
    return method + " " + pattern.replaceFirst("(?<=.)/$", "");
  }

  boolean isAccepted() {
    return status < 400;
  }
}
