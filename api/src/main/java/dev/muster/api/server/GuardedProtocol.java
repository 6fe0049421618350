package dev.muster.api.server;

import org.apache.coyote.http11.Http11NioProtocol;

/// Tomcat's HTTP/1.1 with guarded connections.
///
/// Public, since Tomcat makes it by its name.
public final class GuardedProtocol extends Http11NioProtocol {
  private final GuardedEndpoint endpoint;

  /// Made by Tomcat.
  public GuardedProtocol() {
    this(new GuardedEndpoint());
  }

  private GuardedProtocol(GuardedEndpoint endpoint) {
    super(endpoint);
    this.endpoint = endpoint;
  }

  void guardedBy(ConnectionGuard connections) {
    endpoint.guardedBy(connections);
    setMaxConnections(connections.max());
  }
}
