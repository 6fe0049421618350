package dev.muster.api.daemon;

import dev.muster.events.id.RuntimeId;

/// The frames that a daemon is sent, as JSON: what is in them needs no escaping.
final class DaemonFrames {
  /// What a daemon sends as its sign of life.
  static final String HEARTBEAT = "daemon:heartbeat";

  /// The daemon may have been let into a workspace, or put out of one.
  static final String WORKSPACES_CHANGED =
      "{\"type\":\"daemon:workspaces_changed\",\"payload\":{}}";

  private DaemonFrames() {}

  /// There may be work: for this runtime, and perhaps for others of the same connection.
  static String taskAvailable(RuntimeId runtime) {
    return "{\"type\":\"daemon:task_available\",\"payload\":{\"runtime_id\":\"%s\"}}"
        .formatted(runtime);
  }

  /// The answer to a heartbeat. It names no `server_capabilities`, so that claims go by HTTP.
  static String acknowledged(RuntimeId runtime) {
    return "{\"type\":\"daemon:heartbeat_ack\",\"payload\":{\"runtime_id\":\"%s\",\"status\":\"ok\"}}"
        .formatted(runtime);
  }

  /// The answer to a heartbeat of a runtime that is no more: its daemon registers again.
  static String gone(RuntimeId runtime) {
    return """
    {"type":"daemon:heartbeat_ack","payload":{"runtime_id":"%s","status":"runtime_gone","runtime_gone":true}}\
    """
        .formatted(runtime);
  }
}
