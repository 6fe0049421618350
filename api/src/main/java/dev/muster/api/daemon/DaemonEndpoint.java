package dev.muster.api.daemon;

import dev.muster.api.edge.Input;
import dev.muster.events.id.RuntimeId;
import jakarta.websocket.CloseReason;
import jakarta.websocket.Endpoint;
import jakarta.websocket.EndpointConfig;
import jakarta.websocket.MessageHandler;
import jakarta.websocket.PongMessage;
import jakarta.websocket.Session;
import java.nio.ByteBuffer;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/// What a daemon says on its socket: heartbeats. What is not known is passed over, as newer daemons
/// expect; how long a message is and how many come is limited.
final class DaemonEndpoint extends Endpoint {
  private static final Logger log = LoggerFactory.getLogger(DaemonEndpoint.class);
  private static final int INBOUND_MAX = 64 * 1024;
  private static final long WRITE_MILLIS = 10_000;
  private static final long CLOSE_MILLIS = 5_000;

  /// How many parts of messages may come in one window, besides those for each runtime.
  private static final int PARTS_MAX = 300;

  private static final int PARTS_PER_RUNTIME = 4;
  private static final long WINDOW_NANOS = Duration.ofSeconds(10).toNanos();

  private static final CloseReason PEER_GONE =
      new CloseReason(CloseReason.CloseCodes.NORMAL_CLOSURE, "");
  private static final CloseReason TOO_BIG =
      new CloseReason(
          CloseReason.CloseCodes.TOO_BIG, "messages may have " + INBOUND_MAX + " bytes");
  private static final CloseReason TOO_MANY =
      new CloseReason(CloseReason.CloseCodes.VIOLATED_POLICY, "too many messages");

  private final DaemonConnection connection;
  private final SocketBeats beats;
  private final JsonMapper json;
  private final int partsMax;
  // Owned by the thread that reads from the socket.
  private final StringBuilder message = new StringBuilder();
  private int messageSize;
  private int parts;
  private long windowNanos = System.nanoTime();

  DaemonEndpoint(DaemonConnection connection, SocketBeats beats, JsonMapper json) {
    this.connection = connection;
    this.beats = beats;
    this.json = json;
    this.partsMax = PARTS_MAX + PARTS_PER_RUNTIME * connection.opening().runtimes().size();
  }

  @Override
  public void onOpen(Session session, EndpointConfig config) {
    var properties = session.getUserProperties();
    properties.put("org.apache.tomcat.websocket.BLOCKING_SEND_TIMEOUT", WRITE_MILLIS);
    properties.put("org.apache.tomcat.websocket.SESSION_CLOSE_TIMEOUT", CLOSE_MILLIS);
    session.addMessageHandler(String.class, (MessageHandler.Partial<String>) this::text);
    session.addMessageHandler(ByteBuffer.class, (MessageHandler.Partial<ByteBuffer>) this::binary);
    session.addMessageHandler(
        PongMessage.class, (MessageHandler.Whole<PongMessage>) _ -> connection.heard());
    connection.opened(session);
  }

  private void text(String part, boolean last) {
    if (!count(part.length(), last)) {
      return;
    }
    message.append(part);
    if (last) {
      var whole = message.toString();
      message.setLength(0);
      message.trimToSize();
      take(whole);
    }
  }

  private void binary(ByteBuffer part, boolean last) {
    var _ = count(part.remaining(), last);
  }

  private boolean count(int size, boolean last) {
    connection.heard();
    var now = System.nanoTime();
    if (now - windowNanos > WINDOW_NANOS) {
      windowNanos = now;
      parts = 0;
    }
    parts++;
    messageSize += size;
    if (messageSize > INBOUND_MAX || parts > partsMax) {
      connection.close(messageSize > INBOUND_MAX ? TOO_BIG : TOO_MANY);
      return false;
    }
    if (last) {
      messageSize = 0;
    }
    return true;
  }

  private void take(String whole) {
    try {
      var frame = json.readTree(whole);
      if (frame.path("type").asStringOpt().orElse("").equals(DaemonFrames.HEARTBEAT)) {
        frame
            .path("payload")
            .path("runtime_id")
            .stringValueOpt()
            .flatMap(Input::lenientId)
            .map(RuntimeId::new)
            .ifPresent(runtime -> beats.take(connection, runtime));
      }
    } catch (JacksonException e) {
      log.atTrace().log("Passed over a message that is not JSON");
    }
  }

  @Override
  public void onClose(Session session, CloseReason reason) {
    connection.close(PEER_GONE);
  }

  @Override
  public void onError(Session session, Throwable failure) {
    log.atDebug().setCause(failure).log("A daemon's socket failed");
    connection.close(PEER_GONE);
  }
}
