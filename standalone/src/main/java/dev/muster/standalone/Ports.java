package dev.muster.standalone;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/// The ports that a person chooses by an environment variable.
final class Ports {
  private static final int MAX = 65_535;

  /// Below the ports that systems give to outgoing connections (from 32,768 on Linux, from 49,152
  /// elsewhere): one of those may be a client's while a server that is to keep it starts again.
  private static final int FREE_FROM = 20_000;

  private static final int FREE_TO = 32_000;
  private static final int TRIES_MAX = 10_000;

  private Ports() {}

  /// The port that the variable names.
  ///
  /// @param value what the variable is set to
  /// @throws Sentence if that is no port
  static int parse(String variable, @Nullable String value, int otherwise) {
    if (value == null || value.isBlank()) {
      return otherwise;
    }
    try {
      var port = Integer.parseInt(value.strip());
      if (port >= 0 && port <= MAX) {
        return port;
      }
    } catch (NumberFormatException e) {
      throw noPort(variable, value, e);
    }
    throw noPort(variable, value, null);
  }

  /// A port that nobody listens on just now.
  static int free() throws IOException {
    return free(1, 0).getFirst();
  }

  /// Ports that nobody listens on just now, each another one: none is given back before all are
  /// found, since the one given back last may be the next that is found.
  ///
  /// @param except none of them is this one, which may be free as well
  static List<Integer> free(int count, int except) throws IOException {
    var sockets = new ArrayList<ServerSocket>();
    try {
      for (var tries = 0; sockets.size() < count; tries++) {
        var port = ThreadLocalRandom.current().nextInt(FREE_FROM, FREE_TO);
        try {
          if (port != except) {
            sockets.add(new ServerSocket(port, 1, InetAddress.getLoopbackAddress()));
          }
        } catch (BindException e) {
          if (tries >= TRIES_MAX) {
            throw e;
          }
        }
      }
      return sockets.stream().map(ServerSocket::getLocalPort).toList();
    } finally {
      for (var socket : sockets) {
        socket.close();
      }
    }
  }

  private static Sentence noPort(String variable, String value, @Nullable Throwable cause) {
    return new Sentence(
        "%s is %s, which is not a port; give a number from 0 to 65535.".formatted(variable, value),
        cause);
  }

  /// Finds out before anything is started what would otherwise end the start half way.
  ///
  /// @param port 0 for any, which is always free
  /// @throws Sentence if it is taken
  static void requireFree(String variable, int port) {
    if (port == 0) {
      return;
    }
    try {
      new ServerSocket(port).close();
    } catch (IOException e) {
      throw new Sentence(
          "Port %d is taken; set %s to another, or to 0 for any.".formatted(port, variable), e);
    }
  }
}
