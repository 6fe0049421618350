package dev.muster.api.notifier;

import dev.muster.api.access.Callers;
import dev.muster.api.access.TokenHash;
import dev.muster.api.edge.Refused;
import dev.muster.api.frame.Frames;
import jakarta.websocket.CloseReason;
import jakarta.websocket.Endpoint;
import jakarta.websocket.EndpointConfig;
import jakarta.websocket.MessageHandler;
import jakarta.websocket.PongMessage;
import jakarta.websocket.Session;
import java.nio.ByteBuffer;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/// What one socket hears: a first message with a token while the viewer is not known, then
/// requests. Everything is counted against the limit.
final class SocketEndpoint extends Endpoint {
  private static final Logger log = LoggerFactory.getLogger(SocketEndpoint.class);
  private static final int INBOUND_MAX = 64 * 1024;
  private static final long WRITE_MILLIS = 20_000;
  private static final long CLOSE_MILLIS = 5_000;
  private static final CloseReason PEER_GONE =
      new CloseReason(CloseReason.CloseCodes.NORMAL_CLOSURE, "");
  private static final CloseReason TOO_BIG =
      new CloseReason(
          CloseReason.CloseCodes.TOO_BIG, "messages may have " + INBOUND_MAX + " bytes");

  private final DashboardSocket watcher;
  private final WorkspaceSockets sockets;
  private final Callers callers;
  private final JsonMapper json;
  // Owned by the thread that reads from the socket.
  private final StringBuilder message = new StringBuilder();
  private final SocketRequests requests;
  private int messageSize;

  SocketEndpoint(
      DashboardSocket watcher,
      WorkspaceSockets sockets,
      Callers callers,
      SocketRequests requests,
      JsonMapper json) {
    this.watcher = watcher;
    this.requests = requests;
    this.sockets = sockets;
    this.callers = callers;
    this.json = json;
  }

  /// What a viewer sends first when its token is not in the handshake.
  private record First(@Nullable String type, @Nullable Payload payload) {
    private record Payload(@Nullable String token) {}

    Optional<String> token() {
      return "auth".equals(type) && payload != null
          ? Optional.ofNullable(payload.token())
          : Optional.empty();
    }
  }

  @Override
  public void onOpen(Session session, EndpointConfig config) {
    session
        .getUserProperties()
        .put("org.apache.tomcat.websocket.BLOCKING_SEND_TIMEOUT", WRITE_MILLIS);
    session
        .getUserProperties()
        .put("org.apache.tomcat.websocket.SESSION_CLOSE_TIMEOUT", CLOSE_MILLIS);
    session.addMessageHandler(String.class, (MessageHandler.Partial<String>) this::text);
    session.addMessageHandler(ByteBuffer.class, (MessageHandler.Partial<ByteBuffer>) this::binary);
    session.addMessageHandler(
        PongMessage.class, (MessageHandler.Whole<PongMessage>) _ -> watcher.heard());
    watcher.opened(session);
  }

  private void text(String part, boolean last) {
    if (messageSize + part.length() <= INBOUND_MAX) {
      message.append(part);
    }
    if (count(part.length(), last) && last) {
      var whole = message.toString();
      message.setLength(0);
      message.trimToSize();
      if (watcher.viewer() == null) {
        authenticate(whole);
      } else {
        requests.take(whole);
      }
    }
  }

  private void binary(ByteBuffer part, boolean last) {
    if (count(part.remaining(), last) && last && watcher.viewer() == null) {
      refuse("invalid token");
    }
  }

  private boolean count(int size, boolean last) {
    watcher.heard();
    messageSize += size;
    if (messageSize > INBOUND_MAX) {
      watcher.close(TOO_BIG);
      return false;
    }
    if (last) {
      messageSize = 0;
    }
    return true;
  }

  private void authenticate(String message) {
    try {
      var token = json.readValue(message, First.class).token();
      // Not for agents at work: what ends with a claim is not looked up again and again.
      var caller =
          token
              .flatMap(sent -> callers.find(sent, watcher.address()))
              .filter(found -> found.work() == null);

      if (token.isEmpty() || caller.isEmpty()) {
        refuse("invalid token");
      } else if (!caller.get().isMember(watcher.workspace())) {
        refuse("not a member of this workspace");
      } else {
        var hash = TokenHash.of(token.get());
        identify(DashboardSocket.Viewer.of(caller.get(), watcher.workspace(), hash));
      }
    } catch (JacksonException e) {
      refuse("invalid token");
    } catch (Refused tooMany) {
      later("too many wrong tokens");
    } catch (DataAccessException e) {
      log.atWarn().setCause(e).log("A socket's token could not be looked up");
      later("the database is not available");
    }
  }

  private void identify(DashboardSocket.Viewer viewer) {
    var full = sockets.identify(watcher, viewer);
    if (full.isPresent()) {
      later(full.get().sentence());
      return;
    }
    watcher.sendQueue().offerFirst(Frames.authenticated());
    watcher.startSending();
  }

  private void refuse(String reason) {
    watcher.close(new CloseReason(CloseReason.CloseCodes.VIOLATED_POLICY, reason));
  }

  private void later(String reason) {
    watcher.close(new CloseReason(CloseReason.CloseCodes.TRY_AGAIN_LATER, reason));
  }

  @Override
  public void onClose(Session session, CloseReason reason) {
    watcher.close(PEER_GONE);
  }

  @Override
  public void onError(Session session, Throwable failure) {
    log.atDebug().setCause(failure).log("A socket failed");
    watcher.close(PEER_GONE);
  }
}
