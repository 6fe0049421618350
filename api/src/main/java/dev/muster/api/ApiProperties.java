package dev.muster.api;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// What can be set of the api.
///
/// @param token the first owner's token; empty means that none is made
/// @param allowedOrigins the origins of pages, besides our own, that may use the api and the socket
/// @param serialDaemons whether a daemon that never said how many tasks it takes, and claims while
///   its task runs, has lost that task's final report
/// @param sockets how many there may be at once
@ConfigurationProperties(prefix = "muster.api", ignoreUnknownFields = false)
public record ApiProperties(
    @DefaultValue("") String token,
    @Nullable List<String> allowedOrigins,
    @DefaultValue("true") boolean serialDaemons,
    @DefaultValue Sockets sockets) {
  private static final int TOKEN_MIN = 16;

  /// How many sockets one instance has at once.
  ///
  /// @param max of all
  /// @param perUser of one user
  /// @param perAddress of one address, or one IPv6 network; behind a proxy that is the proxy's
  public record Sockets(
      @DefaultValue("10000") int max,
      @DefaultValue("200") int perUser,
      @DefaultValue("1000") int perAddress) {
    /// The limits where nothing is set.
    public static final Sockets DEFAULT = new Sockets(10_000, 200, 1_000);

    public Sockets {
      if (max < 1 || perUser < 1 || perAddress < 1) {
        throw new IllegalArgumentException("muster.api.sockets.* must be at least 1");
      }
    }
  }

  public ApiProperties {
    allowedOrigins = allowedOrigins == null ? List.of() : List.copyOf(allowedOrigins);
    if (!token.isEmpty() && (token.length() < TOKEN_MIN || !token.strip().equals(token))) {
      throw new IllegalArgumentException(
          "MUSTER_TOKEN must have at least " + TOKEN_MIN + " characters and no spaces around them");
    }
  }

  @Override
  public List<String> allowedOrigins() {
    return allowedOrigins == null ? List.of() : allowedOrigins;
  }
}
