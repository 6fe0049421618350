package dev.muster.events.webhook;

import java.net.IDN;
import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.UnknownHostException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Where webhooks may lead: to public addresses, by `https`, unless the server allows others.
///
/// It is the address that is judged, not the name: a name may lead elsewhere the next time it is
/// asked for. So whoever connects asks [#addresses] and connects to what that answers, and asks no
/// further time.
public final class Targets {
  /// The text of an address, in characters.
  public static final int URL_MAX = 2_000;

  private static final int FIRST_BEYOND_ASCII = 0x80;
  private static final int PORT_MAX = 65_535;

  private final boolean allowPrivate;
  private final Resolver resolver;

  /// Finds the addresses of a name.
  @FunctionalInterface
  interface Resolver {
    InetAddress[] resolve(String host) throws UnknownHostException;
  }

  public Targets(boolean allowPrivate) {
    this(allowPrivate, InetAddress::getAllByName);
  }

  Targets(boolean allowPrivate, Resolver resolver) {
    this.allowPrivate = allowPrivate;
    this.resolver = resolver;
  }

  /// Looks at what somebody has given as an address, and where it leads now.
  public Target check(String text) {
    var url = parsed(text);
    if (url == null || url.isOpaque() || url.getScheme() == null) {
      return new Target.Wrong("is not a URL");
    }
    var scheme = url.getScheme().toLowerCase(Locale.ROOT);
    if (!scheme.equals("https") && !(allowPrivate && scheme.equals("http"))) {
      return new Target.Wrong("must begin with https://");
    }
    if (url.getRawUserInfo() != null) {
      return new Target.Wrong("must not have a user or password in it");
    }
    var punycode = punycode(url);
    if (punycode != null) {
      return new Target.Wrong("has a host that must be written as " + punycode);
    }
    if (url.getHost() == null || url.getPort() == 0 || url.getPort() > PORT_MAX) {
      return new Target.Wrong("has no host and port that can be connected to");
    }
    if (url.getRawFragment() != null) {
      return new Target.Wrong("must not have a fragment");
    }
    try {
      var _ = addresses(url.getHost());
      // Other letters are percent-encoded as UTF-8: a request line has none.
      return new Target.Good(URI.create(url.toASCIIString()));
    } catch (UnknownHostException e) {
      return new Target.Wrong(String.valueOf(e.getMessage()));
    }
  }

  /// How a host with other letters than a to z is written; null for others.
  private static @Nullable String punycode(URI url) {
    var host =
        url.getRawAuthority() == null ? "" : url.getRawAuthority().replaceFirst(":\\d*$", "");
    if (host.chars().allMatch(c -> c < FIRST_BEYOND_ASCII)) {
      return null;
    }
    try {
      return IDN.toASCII(host, IDN.USE_STD3_ASCII_RULES);
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  private static @Nullable URI parsed(String text) {
    try {
      return text.length() > URL_MAX ? null : new URI(text);
    } catch (URISyntaxException e) {
      return null;
    }
  }

  /// The addresses of a name, to connect to.
  ///
  /// @throws UnknownHostException if it has none, or one that webhooks must not lead to: then the
  ///   others are not trusted either. The message completes a sentence that starts with the URL.
  public InetAddress[] addresses(String host) throws UnknownHostException {
    var found = resolved(host);
    if (!allowPrivate) {
      for (var address : found) {
        var kind = AddressKind.ofPrivate(address);
        if (kind.isPresent()) {
          throw new UnknownHostException(
              "leads to %s, %s address".formatted(address.getHostAddress(), kind.get()));
        }
      }
    }
    return found;
  }

  private InetAddress[] resolved(String host) throws UnknownHostException {
    try {
      return resolver.resolve(host);
    } catch (UnknownHostException e) {
      var unknown = new UnknownHostException("has a host that is not known: " + host);
      unknown.initCause(e);
      throw unknown;
    }
  }
}
