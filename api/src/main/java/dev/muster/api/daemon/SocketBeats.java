package dev.muster.api.daemon;

import dev.muster.api.edge.Refused;
import dev.muster.api.heartbeat.Heartbeats;
import dev.muster.api.heartbeat.Processes;
import dev.muster.api.heartbeat.RuntimeDirectory;
import dev.muster.events.id.RuntimeId;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;

/// Takes the heartbeats that come over sockets. One that cannot be taken is not answered: the
/// daemon then sends it by HTTP, where it is told why.
@Component
final class SocketBeats {
  private static final Logger log = LoggerFactory.getLogger(SocketBeats.class);

  private final RuntimeDirectory directory;
  private final Heartbeats heartbeats;
  private final Processes processes;

  SocketBeats(RuntimeDirectory directory, Heartbeats heartbeats, Processes processes) {
    this.directory = directory;
    this.heartbeats = heartbeats;
    this.processes = processes;
  }

  /// Takes a sign of life of one of the runtimes that the connection was opened for.
  void take(DaemonConnection connection, RuntimeId runtime) {
    if (!connection.opening().runtimes().containsKey(runtime)) {
      return;
    }
    try {
      if (!directory.isKnown(runtime)) {
        connection.answer(runtime, DaemonFrames.gone(runtime));
        return;
      }
      var process = connection.opening().process();
      if (process == null) {
        heartbeats.beatOfNameless(runtime);
        processes.require(runtime, null);
      } else {
        processes.require(runtime, process);
        heartbeats.beat(runtime);
      }
      connection.answer(runtime, DaemonFrames.acknowledged(runtime));
    } catch (Refused superseded) {
      log.atDebug().addKeyValue("runtime", runtime).log("A heartbeat was not answered");
    } catch (DataAccessException | TransactionException e) {
      log.atWarn().setCause(e).log("A heartbeat waits for the database");
    }
  }
}
