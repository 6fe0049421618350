package dev.muster.api.edge;

import java.net.URI;
import org.springframework.http.ResponseEntity;

/// The answer of what has made something: 201, with where that is found.
public final class Created {
  private Created() {}

  /// Answers what was made.
  ///
  /// @param location what was made is found there: its parts are ids, or names without special
  ///   characters
  public static <T> ResponseEntity<T> at(String location, T made) {
    return ResponseEntity.created(URI.create(location)).body(made);
  }
}
