package dev.muster.api.daemon;

import dev.muster.api.access.Bearer;
import dev.muster.api.access.Caller;
import dev.muster.api.access.Scope;
import dev.muster.api.access.TokenHash;
import dev.muster.api.edge.Refused;
import dev.muster.api.heartbeat.Processes;
import dev.muster.api.heartbeat.RuntimeDirectory;
import dev.muster.api.socket.Upgrade;
import dev.muster.events.id.RuntimeId;
import dev.muster.events.id.WorkspaceId;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestParam;
import tools.jackson.databind.json.JsonMapper;

/// The handshake of a daemon's socket.
@Controller
class DaemonSocketController {
  /// Also what the line of a request holds.
  private static final int RUNTIMES_MAX = 200;

  private final RuntimeDirectory directory;
  private final DaemonConnections connections;
  private final SocketBeats beats;
  private final JsonMapper json;

  DaemonSocketController(
      RuntimeDirectory directory,
      DaemonConnections connections,
      SocketBeats beats,
      JsonMapper json) {
    this.directory = directory;
    this.connections = connections;
    this.beats = beats;
    this.json = json;
  }

  /// Opens a socket for these runtimes, which may be none: such a daemon is told of workspaces.
  @GetMapping("/api/daemon/ws")
  void open(
      Caller caller,
      @RequestParam(name = "runtime_ids", required = false) @Nullable String runtimeIds,
      @RequestHeader(HttpHeaders.AUTHORIZATION) String authorization,
      @RequestHeader(name = "Process-Id", required = false) @Nullable String process,
      HttpServletRequest request,
      HttpServletResponse response)
      throws IOException {
    if (caller.scope() == Scope.WATCH) {
      throw Refused.forbidden();
    }
    var opening =
        new DaemonConnection.Opening(
            caller.user(),
            TokenHash.of(Bearer.token(authorization).orElseThrow()),
            Processes.checked(process),
            runtimes(caller, runtimeIds));
    Upgrade.requireHandshake(request);
    var connection = new DaemonConnection(opening, connections);
    if (!connections.enter(connection)) {
      throw Refused.tooMany("too many sockets");
    }
    var upgraded = false;
    try {
      upgraded = Upgrade.to(new DaemonEndpoint(connection, beats, json), request, response);
    } finally {
      if (!upgraded) {
        connections.leave(connection);
      }
    }
  }

  private Map<RuntimeId, WorkspaceId> runtimes(Caller caller, @Nullable String ids) {
    var runtimes = new HashMap<RuntimeId, WorkspaceId>();
    if (ids == null || ids.isEmpty()) {
      return runtimes;
    }
    for (var id : ids.split(",", -1)) {
      var found = directory.require(caller, id);
      runtimes.put(found.runtime(), found.workspace());
      if (runtimes.size() > RUNTIMES_MAX) {
        throw Refused.invalid("runtime_ids", "names more than " + RUNTIMES_MAX + " runtimes");
      }
    }
    return runtimes;
  }
}
