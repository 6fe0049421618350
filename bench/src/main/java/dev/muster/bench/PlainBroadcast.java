package dev.muster.bench;

import jakarta.websocket.CloseReason;
import jakarta.websocket.DeploymentException;
import jakarta.websocket.Endpoint;
import jakarta.websocket.EndpointConfig;
import jakarta.websocket.Session;
import jakarta.websocket.server.ServerContainer;
import jakarta.websocket.server.ServerEndpointConfig;
import java.io.IOException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// What a server does that knows nothing but its sockets: one thread that writes to each in turn.
final class PlainBroadcast extends ServerEndpointConfig.Configurator {
  static final String PATH = "/bench/plain";

  private final Set<Session> sessions = ConcurrentHashMap.newKeySet();

  PlainBroadcast(ServerContainer container) throws DeploymentException {
    container.addEndpoint(
        ServerEndpointConfig.Builder.create(Opened.class, PATH).configurator(this).build());
  }

  final class Opened extends Endpoint {
    @Override
    public void onOpen(Session session, EndpointConfig config) {
      sessions.add(session);
    }

    @Override
    public void onClose(Session session, CloseReason reason) {
      sessions.remove(session);
    }
  }

  @Override
  public <T> T getEndpointInstance(Class<T> type) {
    return type.cast(new Opened());
  }

  void send(String text) throws IOException {
    for (var session : sessions) {
      session.getBasicRemote().sendText(text);
    }
  }
}
