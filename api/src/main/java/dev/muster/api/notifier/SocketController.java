package dev.muster.api.notifier;

import dev.muster.api.access.Bearer;
import dev.muster.api.access.Callers;
import dev.muster.api.access.OriginRule;
import dev.muster.api.access.TokenHash;
import dev.muster.api.edge.Input;
import dev.muster.api.edge.Refused;
import dev.muster.api.request.KnownParameters;
import dev.muster.api.server.ClientAddress;
import dev.muster.api.socket.Upgrade;
import dev.muster.events.id.WorkspaceId;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import tools.jackson.databind.json.JsonMapper;

/// The socket's handshake: who may open one is decided here, before the upgrade.
///
/// The socket is told what happens before the upgrade is answered, so that a client that fetches
/// its lists once the socket is open misses nothing in between.
@Controller
class SocketController {

  private final Callers callers;
  private final WorkspaceSockets sockets;
  private final SocketSources sources;
  private final JsonMapper json;
  private final OriginRule origins;

  SocketController(
      Callers callers,
      WorkspaceSockets sockets,
      SocketSources sources,
      JsonMapper json,
      OriginRule origins) {
    this.callers = callers;
    this.sockets = sockets;
    this.sources = sources;
    this.json = json;
    this.origins = origins;
  }

  @GetMapping("/ws")
  @KnownParameters(
      value = {"workspace_id", "token", "since", "heartbeat", "kinds", "agent", "issue", "task"},
      mayBeEmpty = true)
  void watch(HttpServletRequest request, HttpServletResponse response) throws IOException {
    if (!origins.permits(request)) {
      throw Refused.forbidden("origin not allowed");
    }
    var workspace = request.getParameter("workspace_id");
    if (workspace == null || workspace.isEmpty()) {
      throw Refused.unauthorized("token and workspace_id required");
    }
    var visitor = visitor(request, Input.lenientId(workspace).map(WorkspaceId::new));
    var visit =
        new DashboardSocket.Visit(
            visitor.workspace(),
            ClientAddress.network(request.getRemoteAddr()),
            SocketOptions.of(request));
    Upgrade.requireHandshake(request);
    upgrade(request, response, enter(visit, visitor.viewer()));
  }

  /// Whom a handshake shows: the workspace to watch, and who watches if it carries a token.
  private record Visitor(WorkspaceId workspace, DashboardSocket.@Nullable Viewer viewer) {}

  private Visitor visitor(HttpServletRequest request, Optional<WorkspaceId> workspace) {
    var token = token(request);
    var notMember = Refused.forbidden("not a member of this workspace");
    if (token.isEmpty()) {
      return new Visitor(workspace.orElseThrow(() -> notMember), null);
    }
    var caller =
        callers
            .find(token.get(), request.getRemoteAddr())
            .orElseThrow(() -> Refused.unauthorized("invalid token"));
    var watched = workspace.filter(caller::isMember).orElseThrow(() -> notMember);
    return new Visitor(
        watched, DashboardSocket.Viewer.of(caller, watched, TokenHash.of(token.get())));
  }

  private DashboardSocket enter(
      DashboardSocket.Visit visit, DashboardSocket.@Nullable Viewer viewer) {
    var watcher = new DashboardSocket(visit, sockets, sources);
    var full = viewer == null ? sockets.enterUnknown(watcher) : sockets.enter(watcher, viewer);
    if (full.isPresent()) {
      var limit = full.get();
      throw Refused.tooMany(limit.sentence(), Map.of("quota", limit.quota(), "max", limit.max()));
    }
    return watcher;
  }

  private static Optional<String> token(HttpServletRequest request) {
    var query = request.getParameter("token");
    if (query != null && !query.isEmpty()) {
      return Optional.of(query);
    }
    var header = request.getHeader(HttpHeaders.AUTHORIZATION);
    if (header == null || header.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        Bearer.token(header).orElseThrow(() -> Refused.unauthorized("invalid token")));
  }

  private void upgrade(
      HttpServletRequest request, HttpServletResponse response, DashboardSocket watcher)
      throws IOException {
    var endpoint =
        new SocketEndpoint(
            watcher, sockets, callers, new SocketRequests(watcher, sources.messages(), json), json);
    var upgraded = false;
    try {
      upgraded = Upgrade.to(endpoint, request, response);
    } finally {
      if (!upgraded) {
        sockets.leave(watcher);
      }
    }
  }
}
