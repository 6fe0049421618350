package dev.muster.api.server;

import java.nio.channels.SocketChannel;
import org.apache.tomcat.util.net.NioChannel;
import org.apache.tomcat.util.net.NioEndpoint;
import org.apache.tomcat.util.net.SocketEvent;
import org.apache.tomcat.util.net.SocketWrapperBase;
import org.jspecify.annotations.Nullable;

/// Tomcat's endpoint, which tells the [ConnectionGuard] of each connection that comes, is served
/// and goes.
final class GuardedEndpoint extends NioEndpoint {
  private volatile @Nullable ConnectionGuard guard;

  void guardedBy(ConnectionGuard connections) {
    guard = connections;
  }

  @Override
  protected boolean setSocketOptions(SocketChannel channel) {
    var isTaken = super.setSocketOptions(channel);
    var connections = guard;
    var socket = isTaken && connections != null ? this.connections.get(channel) : null;
    if (socket != null && connections != null) {
      connections.opened(socket);
    }
    return isTaken;
  }

  @Override
  public void setHandler(Handler<NioChannel> handler) {
    super.setHandler(new Guarded(handler));
  }

  private final class Guarded implements Handler<NioChannel> {
    private final Handler<NioChannel> handler;

    Guarded(Handler<NioChannel> handler) {
      this.handler = handler;
    }

    @Override
    public SocketState process(SocketWrapperBase<NioChannel> socket, SocketEvent event) {
      var connections = guard;
      if (connections == null) {
        return handler.process(socket, event);
      }
      var connection = connections.of(socket);
      if (!connection.enter()) {
        return SocketState.CLOSED;
      }
      var after = SocketState.CLOSED;
      try {
        after =
            ScopedValue.where(OpenConnection.CURRENT, connection)
                .call(() -> handler.process(socket, event));
      } finally {
        if (!connection.leave()) {
          after = SocketState.CLOSED;
        }
        if (socket.isClosed()) {
          connections.closed(socket);
        }
      }
      return after;
    }

    @Override
    public Object getGlobal() {
      return handler.getGlobal();
    }

    @Override
    public void release(SocketWrapperBase<NioChannel> socket) {
      var connections = guard;
      if (connections != null) {
        connections.closed(socket);
      }
      handler.release(socket);
    }

    @Override
    public void pause() {
      handler.pause();
    }

    @Override
    public void recycle() {
      handler.recycle();
    }
  }
}
