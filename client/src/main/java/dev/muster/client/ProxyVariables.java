package dev.muster.client;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The proxies that the environment names, read as curl and others do: small letters win, a name in
/// `NO_PROXY` stands for all below it, and this machine is reached directly.
final class ProxyVariables extends ProxySelector {
  private static final Logger log = LoggerFactory.getLogger(ProxyVariables.class);

  private final Optional<InetSocketAddress> https;
  private final Optional<InetSocketAddress> http;
  private final List<String> direct;

  private ProxyVariables(
      Optional<InetSocketAddress> https, Optional<InetSocketAddress> http, List<String> direct) {
    this.https = https;
    this.http = http;
    this.direct = List.copyOf(direct);
  }

  static ProxyVariables of(Map<String, String> environment) {
    var direct = text(environment, "NO_PROXY").orElse("").toLowerCase(Locale.ROOT);
    return new ProxyVariables(
        proxy(environment, "HTTPS_PROXY"),
        proxy(environment, "HTTP_PROXY"),
        Arrays.stream(direct.split("[,\\s]+")).filter(name -> !name.isEmpty()).toList());
  }

  private static Optional<String> text(Map<String, String> environment, String name) {
    return Optional.ofNullable(environment.get(name.toLowerCase(Locale.ROOT)))
        .or(() -> Optional.ofNullable(environment.get(name)))
        .map(String::strip)
        .filter(value -> !value.isEmpty());
  }

  private static Optional<InetSocketAddress> proxy(Map<String, String> environment, String name) {
    return text(environment, name)
        .or(() -> text(environment, "ALL_PROXY"))
        .map(value -> address(name, value));
  }

  private static InetSocketAddress address(String name, String value) {
    try {
      var uri = URI.create(value.contains("://") ? value : "http://" + value);
      if ("http".equals(uri.getScheme()) && uri.getHost() != null && uri.getUserInfo() == null) {
        return InetSocketAddress.createUnresolved(
            uri.getHost(), uri.getPort() < 0 ? 80 : uri.getPort());
      }
    } catch (IllegalArgumentException e) {
      // Told below, without the value, which may hold a password.
    }
    throw new IllegalArgumentException(
        name
            + " is no address such as http://proxy.example:3128 (a proxy that asks for a password is not supported)");
  }

  @Override
  public List<Proxy> select(URI server) {
    var host = server.getHost();
    var proxy = "https".equals(server.getScheme()) ? https : http;
    if (host == null
        || proxy.isEmpty()
        || isDirect(host.toLowerCase(Locale.ROOT), server.getPort())) {
      return List.of(Proxy.NO_PROXY);
    }
    var named = proxy.get();
    return List.of(
        new Proxy(Proxy.Type.HTTP, new InetSocketAddress(named.getHostString(), named.getPort())));
  }

  private boolean isDirect(String host, int port) {
    return host.equals("localhost")
        || host.startsWith("127.")
        || host.equals("[::1]")
        || direct.stream().anyMatch(name -> covers(name, host, port));
  }

  private static boolean covers(String name, String host, int port) {
    if (name.equals("*")) {
      return true;
    }
    var withoutPort = name.endsWith(":" + port) ? name.substring(0, name.lastIndexOf(':')) : name;
    if (withoutPort.matches("\\d+\\.\\d+\\.\\d+\\.\\d+/\\d+")) {
      return isIn(withoutPort, host);
    }
    var domain = withoutPort.replaceFirst("^\\*?\\.", "");
    return host.equals(domain) || host.endsWith("." + domain);
  }

  /// Whether an address of four numbers is in a network.
  private static boolean isIn(String network, String host) {
    if (!host.matches("\\d{1,3}(\\.\\d{1,3}){3}")) {
      return false;
    }
    var slash = network.indexOf('/');
    var bits = Math.clamp(Long.parseLong(network.substring(slash + 1)), 0, 32);
    var mask = bits == 0 ? 0L : -1L << (32 - bits);
    return ((number(network.substring(0, slash)) ^ number(host)) & mask & 0xFFFFFFFFL) == 0;
  }

  private static long number(String address) {
    return Arrays.stream(address.split("\\."))
        .mapToLong(Long::parseLong)
        .reduce(0, (all, part) -> (all << 8) | (part & 0xFF));
  }

  @Override
  public void connectFailed(URI server, SocketAddress proxy, IOException e) {
    log.atWarn().addKeyValue("proxy", proxy).log("The proxy does not answer: {}", e.getMessage());
  }
}
