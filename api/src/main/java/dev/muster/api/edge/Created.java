package dev.muster.api.edge;

import java.net.URI;
import java.util.Arrays;
import java.util.Collections;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.springframework.http.ResponseEntity;
import org.springframework.web.servlet.support.ServletUriComponentsBuilder;

/// The answer of what has made something: 201, with where that is found.
///
/// The place is relative to the request's own (RFC 3986), as that of a list's next page is: a proxy
/// may serve Muster below a path that Muster does not know.
public final class Created {
  private Created() {}

  /// Answers what was made.
  ///
  /// @param location what was made is found there, as an absolute path: its parts are ids, or names
  ///   without special characters
  public static <T> ResponseEntity<T> at(String location, T made) {
    var request = ServletUriComponentsBuilder.fromCurrentRequestUri().build().getPath();
    return ResponseEntity.created(URI.create(relative(request == null ? "/" : request, location)))
        .body(made);
  }

  /// The way from one absolute path to another.
  static String relative(String from, String to) {
    var base = from.substring(0, from.lastIndexOf('/')).split("/", -1);
    var place = to.split("/", -1);
    var shared = 0;
    while (shared < base.length
        && shared < place.length - 1
        && base[shared].equals(place[shared])) {
      shared++;
    }
    return Stream.concat(
            Collections.nCopies(base.length - shared, "..").stream(),
            Arrays.stream(place).skip(shared))
        .collect(Collectors.joining("/"));
  }
}
