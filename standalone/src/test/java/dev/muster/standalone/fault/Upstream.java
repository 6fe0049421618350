package dev.muster.standalone.fault;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// A connection to each api, made when it is first needed and kept while the api keeps it. Owned by
/// one thread.
final class Upstream implements AutoCloseable {
  private static final int PATIENCE_MILLIS = 60_000;

  private final List<Connection> connections;
  private final AtomicInteger turn;

  /// @param turn counts the calls of all clients: the next one is of the next api
  Upstream(List<URI> apis, AtomicInteger turn) {
    this.connections = apis.stream().map(Connection::new).toList();
    this.turn = turn;
  }

  HttpMessage exchange(HttpMessage request) throws IOException {
    return connections
        .get(Math.floorMod(turn.getAndIncrement(), connections.size()))
        .exchange(request);
  }

  @Override
  public void close() throws IOException {
    for (var connection : connections) {
      connection.close();
    }
  }

  private static final class Connection {
    private final URI api;
    private @Nullable Socket socket;
    private InputStream in = InputStream.nullInputStream();

    private Connection(URI api) {
      this.api = api;
    }

    private HttpMessage exchange(HttpMessage request) throws IOException {
      var out = connected().getOutputStream();
      out.write(request.raw());
      out.flush();
      var answer = HttpMessage.response(in, request.method());
      if (answer.isLast()) {
        close();
      }
      return answer;
    }

    private Socket connected() throws IOException {
      var connected = socket;
      if (connected == null) {
        connected = new Socket(api.getHost(), api.getPort());
        connected.setTcpNoDelay(true);
        connected.setSoTimeout(PATIENCE_MILLIS);
        in = new BufferedInputStream(connected.getInputStream());
        socket = connected;
      }
      return connected;
    }

    private void close() throws IOException {
      var connected = socket;
      socket = null;
      if (connected != null) {
        connected.close();
      }
    }
  }
}
