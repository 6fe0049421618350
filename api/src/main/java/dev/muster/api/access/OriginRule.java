package dev.muster.api.access;

import jakarta.servlet.http.HttpServletRequest;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;

/// Which pages may use the api and open a socket: our own, and those somebody allowed. A client
/// that is no page sends no origin, and is judged by its token alone.
///
/// @param allowed origins as browsers write them: `https://dash.example.org`
public record OriginRule(List<String> allowed) {
  private static final String SETTING = "MUSTER_API_ALLOWEDORIGINS";

  /// Takes origins as people write them, with a slash at the end or the port that their scheme has
  /// anyway.
  ///
  /// @throws IllegalArgumentException if one is none, in a sentence without its end
  public OriginRule {
    allowed = allowed.stream().map(OriginRule::asBrowsersWriteIt).toList();
  }

  private static String asBrowsersWriteIt(String text) {
    try {
      var origin = URI.create(text.strip());
      var scheme = origin.getScheme() == null ? "" : origin.getScheme().toLowerCase(Locale.ROOT);
      var isBare = origin.getRawPath().isEmpty() || origin.getRawPath().equals("/");
      if (List.of("http", "https").contains(scheme)
          && origin.getHost() != null
          && origin.getUserInfo() == null
          && origin.getRawQuery() == null
          && origin.getRawFragment() == null
          && isBare) {
        var port =
            origin.getPort() < 0 || origin.getPort() == port(scheme) ? "" : ":" + origin.getPort();
        return scheme + "://" + origin.getHost().toLowerCase(Locale.ROOT) + port;
      }
    } catch (IllegalArgumentException e) {
      // Told below.
    }
    throw new IllegalArgumentException(
        "%s has %s, which is no origin such as https://dash.example.org"
            .formatted(SETTING, text.strip()));
  }

  /// Whether the page that a request comes from may make it.
  public boolean permits(HttpServletRequest request) {
    return permits(request.getHeader(HttpHeaders.ORIGIN), host(request));
  }

  /// Whether a request comes from our own page.
  boolean isOwn(HttpServletRequest request) {
    var origin = request.getHeader(HttpHeaders.ORIGIN);
    return origin != null && isOwn(origin, host(request));
  }

  /// @param origin the `Origin` header
  /// @param host how the client has called us
  boolean permits(@Nullable String origin, @Nullable String host) {
    return origin == null
        || allowed.stream().anyMatch(origin::equalsIgnoreCase)
        || isOwn(origin, host);
  }

  /// A page is ours if it is where we are. The scheme is left out: a proxy in front may have taken
  /// TLS away. So is the port where the proxy has left it out, as many do: pages hold their tokens
  /// themselves, and nothing is sent for them by the browser that one at another port could use.
  private static boolean isOwn(String origin, @Nullable String host) {
    var page = place(origin);
    if (host == null || page.isEmpty()) {
      return false;
    }
    var here = place(scheme(origin) + "://" + host);
    return here.isPresent()
        && here.get().getHost().equalsIgnoreCase(page.get().getHost())
        && (here.get().getPort() < 0 || port(here.get()) == port(page.get()));
  }

  /// How the client has called us: as a proxy says, where it is believed, or else by `Host`.
  private static @Nullable String host(HttpServletRequest request) {
    var said = request.getHeader(HttpHeaders.HOST);
    var name = request.getServerName();
    if (said == null || said.regionMatches(true, 0, name, 0, name.length())) {
      return said;
    }
    return name + ":" + request.getServerPort();
  }

  private static String scheme(String origin) {
    var end = origin.indexOf("://");
    return end < 0 ? "" : origin.substring(0, end);
  }

  private static int port(URI place) {
    return place.getPort() < 0 ? port(place.getScheme()) : place.getPort();
  }

  private static int port(String scheme) {
    return scheme.equals("https") ? 443 : 80;
  }

  /// Empty if it is none.
  private static Optional<URI> place(String origin) {
    try {
      return Optional.of(URI.create(origin))
          .filter(uri -> uri.getHost() != null && uri.getUserInfo() == null);
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }
}
