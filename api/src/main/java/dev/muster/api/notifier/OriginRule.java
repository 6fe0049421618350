package dev.muster.api.notifier;

import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Which pages may open a socket: our own, and those somebody allowed. A client that is no page
/// sends no origin, and is judged by its token alone.
///
/// @param allowed origins as browsers write them: `https://dash.example.org`
record OriginRule(List<String> allowed) {
  /// @param origin the `Origin` header
  /// @param host the `Host` header
  boolean permits(@Nullable String origin, @Nullable String host) {
    if (origin == null || allowed.stream().anyMatch(origin::equalsIgnoreCase)) {
      return true;
    }
    return host != null
        && place(origin).isPresent()
        && place(origin).equals(place(scheme(origin) + "://" + host));
  }

  private static String scheme(String origin) {
    var end = origin.indexOf("://");
    return end < 0 ? "" : origin.substring(0, end);
  }

  /// Host and port, the scheme's own port if none is written. The scheme itself is left out: a
  /// proxy in front may have taken TLS away.
  private static Optional<String> place(String origin) {
    try {
      var uri = URI.create(origin);
      if (uri.getHost() == null || uri.getUserInfo() != null) {
        return Optional.empty();
      }
      var port = uri.getPort() >= 0 ? uri.getPort() : "https".equals(uri.getScheme()) ? 443 : 80;
      return Optional.of(uri.getHost().toLowerCase(Locale.ROOT) + ":" + port);
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }
}
