package dev.muster.api.server;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import org.apache.tomcat.util.net.NioChannel;
import org.apache.tomcat.util.net.SocketWrapperBase;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A connection of the web server, and what it has shown of itself: whether somebody with a valid
/// token uses it, and since when its client owes it the rest of a request.
public final class OpenConnection {
  /// The connection on which this thread serves a request.
  static final ScopedValue<OpenConnection> CURRENT = ScopedValue.newInstance();

  private static final Logger log = LoggerFactory.getLogger(OpenConnection.class);

  /// Within which the header of a request must be there.
  private static final Duration HEADER = Duration.ofSeconds(10);

  /// Within which a request without a valid token must be over, its body included.
  private static final Duration REQUEST = Duration.ofSeconds(30);

  private final SocketWrapperBase<NioChannel> socket;
  private final @Nullable SocketChannel channel;
  private final String address;
  private volatile long since = System.nanoTime();
  private volatile boolean signedIn;
  private volatile boolean upgraded;
  private volatile boolean waitsForHeader = true;
  // Guarded by the object's lock.
  private boolean busy;
  private boolean cut;

  OpenConnection(SocketWrapperBase<NioChannel> socket) {
    this.socket = socket;
    this.channel = socket.getSocket().getIOChannel();
    this.address = address(channel);
  }

  private static String address(@Nullable SocketChannel channel) {
    try {
      if (channel != null && channel.getRemoteAddress() instanceof InetSocketAddress remote) {
        return ClientAddress.network(remote.getAddress().getHostAddress());
      }
    } catch (IOException e) {
      return "";
    }
    return "";
  }

  /// Says that the request which this thread serves came with a valid token.
  public static void signedIn() {
    if (CURRENT.isBound()) {
      CURRENT.get().signedIn = true;
    }
  }

  /// The whole header of a request is there.
  static void requestArrived() {
    if (CURRENT.isBound()) {
      var current = CURRENT.get();
      current.waitsForHeader = false;
      current.since = System.nanoTime();
    }
  }

  /// The connection is a WebSocket from now on: those are counted where they are kept.
  static void upgraded() {
    if (CURRENT.isBound()) {
      CURRENT.get().upgraded = true;
    }
  }

  /// Something has come. Returns false if the connection is cut.
  synchronized boolean enter() {
    if (cut) {
      return false;
    }
    busy = true;
    if (!waitsForHeader) {
      waitsForHeader = true;
      since = System.nanoTime();
    }
    return true;
  }

  /// What has come is dealt with. Returns false if the connection was cut meanwhile.
  synchronized boolean leave() {
    busy = false;
    if (!waitsForHeader) {
      since = System.nanoTime();
    }
    return !cut;
  }

  /// Cuts the connection. If a thread serves it, the thread finds it closed; else false, and the
  /// web server must be told to end it.
  synchronized boolean cut() {
    cut = true;
    if (!busy || channel == null) {
      return false;
    }
    try {
      channel.close();
    } catch (IOException e) {
      log.atDebug().setCause(e).log("A connection was not closed");
    }
    return true;
  }

  /// Whether nobody with a token uses it, or its client owes it the rest of a header: such a
  /// connection may be taken from it.
  synchronized boolean isAnonymous() {
    return !cut && !upgraded && (!signedIn || waitsForHeader);
  }

  /// Whether its client has owed it the rest of a header, or of a request without a token, for too
  /// long. What merely is kept alive is not late.
  synchronized boolean isLate(long now) {
    var age = now - since;
    if (cut || upgraded) {
      return false;
    }
    return waitsForHeader ? age > HEADER.toNanos() : busy && !signedIn && age > REQUEST.toNanos();
  }

  SocketWrapperBase<NioChannel> socket() {
    return socket;
  }

  String address() {
    return address;
  }

  long since() {
    return since;
  }
}
