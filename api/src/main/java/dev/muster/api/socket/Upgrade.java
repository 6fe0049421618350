package dev.muster.api.socket;

import dev.muster.api.edge.Refused;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.websocket.DeploymentException;
import jakarta.websocket.Endpoint;
import jakarta.websocket.Extension;
import jakarta.websocket.server.ServerContainer;
import jakarta.websocket.server.ServerEndpointConfig;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The last step of a WebSocket's handshake, once it is decided that it may be opened.
public final class Upgrade {
  private static final String NO_HANDSHAKE = "not a WebSocket handshake";

  private Upgrade() {}

  /// Makes sure that a request is a handshake.
  ///
  /// @throws Refused 400 if it is not
  public static void requireHandshake(HttpServletRequest request) {
    var isHandshake =
        request.getMethod().equals("GET")
            && has(request.getHeader("Upgrade"), "websocket")
            && has(request.getHeader("Connection"), "upgrade")
            && "13".equals(request.getHeader("Sec-WebSocket-Version"))
            && request.getHeader("Sec-WebSocket-Key") != null;
    if (!isHandshake) {
      throw Refused.badRequest(NO_HANDSHAKE);
    }
  }

  private static boolean has(@Nullable String header, String word) {
    return header != null && header.toLowerCase(Locale.ROOT).contains(word);
  }

  /// Answers the handshake and hands the socket to the endpoint. Returns false if the web server
  /// answered otherwise.
  ///
  /// @throws Refused 400 if it is no handshake after all
  public static boolean to(
      Endpoint endpoint, HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    var config =
        ServerEndpointConfig.Builder.create(endpoint.getClass(), "/socket")
            .configurator(new Handshake(endpoint))
            .build();
    try {
      container(request).upgradeHttpToWebSocket(request, response, config, Map.of());
      return response.getStatus() == HttpServletResponse.SC_SWITCHING_PROTOCOLS;
    } catch (DeploymentException | IllegalArgumentException e) {
      throw Refused.badRequest(NO_HANDSHAKE);
    }
  }

  private static ServerContainer container(HttpServletRequest request) {
    if (request.getServletContext().getAttribute(ServerContainer.class.getName())
        instanceof ServerContainer container) {
      return container;
    }
    throw new IllegalStateException("the web server has no WebSocket container");
  }

  /// Hands the container this socket's endpoint, and wants no extension: a frame is written once
  /// for all, and compressing it for each would undo that.
  private static final class Handshake extends ServerEndpointConfig.Configurator {
    private final Endpoint endpoint;

    Handshake(Endpoint endpoint) {
      this.endpoint = endpoint;
    }

    @Override
    public <T> T getEndpointInstance(Class<T> type) {
      return type.cast(endpoint);
    }

    @Override
    public List<Extension> getNegotiatedExtensions(
        List<Extension> installed, List<Extension> requested) {
      return List.of();
    }
  }
}
