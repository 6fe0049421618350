package dev.muster.api.access;

import java.util.Optional;
import java.util.regex.Pattern;

/// The `Authorization` header of RFC 6750. The scheme's name is read in any case, as RFC 9110 has
/// it.
public final class Bearer {
  private static final Pattern HEADER = Pattern.compile("(?i:Bearer) +(.*)");

  private Bearer() {}

  /// The token of a header; empty if the header is of another scheme.
  public static Optional<String> token(String header) {
    var matcher = HEADER.matcher(header);
    return matcher.matches() ? Optional.of(matcher.group(1)) : Optional.empty();
  }
}
