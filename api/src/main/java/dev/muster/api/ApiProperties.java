package dev.muster.api;

import dev.muster.api.edge.Quotas;
import java.util.List;
import java.util.stream.IntStream;
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
/// @param connections how many there may be at once
/// @param quotas how much one workspace may have
@ConfigurationProperties(prefix = "muster.api", ignoreUnknownFields = false)
public record ApiProperties(
    @DefaultValue("") String token,
    @Nullable List<String> allowedOrigins,
    @DefaultValue("true") boolean serialDaemons,
    @DefaultValue Sockets sockets,
    @DefaultValue Connections connections,
    @DefaultValue Quotas quotas) {
  private static final int TOKEN_MIN = 16;
  private static final int CHARACTERS_MIN = 5;

  /// How many sockets one instance has at once.
  ///
  /// @param max of all
  /// @param perUser of one user
  /// @param perAddress of one address, or one IPv6 network; behind a proxy that is the proxy's
  /// @param perWorkspace of those who watch one workspace
  public record Sockets(
      @DefaultValue("10000") int max,
      @DefaultValue("200") int perUser,
      @DefaultValue("1000") int perAddress,
      @DefaultValue("2000") int perWorkspace) {
    /// The limits where nothing is set.
    public static final Sockets DEFAULT = new Sockets(10_000, 200, 1_000, 2_000);

    public Sockets {
      if (max < 1 || perUser < 1 || perAddress < 1 || perWorkspace < 1) {
        throw new IllegalArgumentException("muster.api.sockets.* must be at least 1");
      }
    }
  }

  /// How many HTTP connections one instance has at once. What is 0 follows from the heap: a
  /// connection on which a request waits takes about 64 KiB of it.
  ///
  /// @param max of all, WebSockets included
  /// @param anonymous of those on which no valid token has come, or half a request
  /// @param perAddress of the same, from one address or IPv6 network; behind a proxy that is the
  ///   proxy's
  public record Connections(
      @DefaultValue("0") int max,
      @DefaultValue("0") int anonymous,
      @DefaultValue("0") int perAddress) {
    private static final int ALL_MAX = 20_000;
    private static final int BYTES_MAX = 128 * 1024;
    private static final int ANONYMOUS_PART = 5;
    private static final int ADDRESS_PART = 2;

    public Connections {
      if (max < 0 || anonymous < 0 || perAddress < 0) {
        throw new IllegalArgumentException("muster.api.connections.* must not be negative");
      }
      max = max == 0 ? fromHeap() : max;
      anonymous = anonymous == 0 ? Math.max(1, max / ANONYMOUS_PART) : anonymous;
      perAddress = perAddress == 0 ? Math.max(1, anonymous / ADDRESS_PART) : perAddress;
    }

    /// The limits where nothing is set.
    public static Connections fromTheHeap() {
      return new Connections(0, 0, 0);
    }

    private static int fromHeap() {
      return (int) Math.min(ALL_MAX, Runtime.getRuntime().maxMemory() / BYTES_MAX);
    }
  }

  public ApiProperties {
    allowedOrigins = allowedOrigins == null ? List.of() : List.copyOf(allowedOrigins);
    if (!token.isEmpty() && (token.length() < TOKEN_MIN || !token.strip().equals(token))) {
      throw new IllegalArgumentException(
          "MUSTER_TOKEN must have at least " + TOKEN_MIN + " characters and no spaces around them");
    }
    if (!token.chars().allMatch(c -> c > ' ' && c < 0x7F)) {
      throw new IllegalArgumentException(
          "MUSTER_TOKEN has a character that no header can have; make one with: openssl rand -hex 20");
    }
    if (!token.isEmpty() && isGuessable(token)) {
      throw new IllegalArgumentException(
          "MUSTER_TOKEN is easy to guess: it has few different characters, or repeats a shorter text. Make one with: openssl rand -hex 20");
    }
  }

  /// Whether somebody who tries gets there: a short text again and again, or few characters.
  private static boolean isGuessable(String token) {
    var isRepetition =
        IntStream.rangeClosed(1, Math.min(TOKEN_MIN, token.length() / 2))
            .anyMatch(length -> token.startsWith(token.substring(length)));
    return isRepetition || token.chars().distinct().count() < CHARACTERS_MIN;
  }

  @Override
  public List<String> allowedOrigins() {
    return allowedOrigins == null ? List.of() : allowedOrigins;
  }
}
