package dev.muster.client;

import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/// The final report of a run.
public sealed interface Report {
  /// The last part of the route, and the name under which it is kept.
  String verb();

  /// The state in which the task is afterwards.
  String state();

  Map<String, Object> body();

  /// The report of that verb and body; empty if there is none such.
  static Optional<Report> of(String verb, JsonNode body) {
    var session = new Session(Json.text(body, "session_id"), Json.text(body, "work_dir"));
    return switch (verb) {
      case "complete" -> Optional.of(new Complete(Json.text(body, "output"), session));
      case "fail" ->
          Optional.of(
              new Fail(
                  Json.text(body, "error"), Reason.of(Json.text(body, "failure_reason")), session));
      default -> Optional.empty();
    };
  }

  /// Where the run can be taken up again. Both may be empty.
  record Session(String id, String workDir) {}

  /// The agent did it.
  record Complete(String output, Session session) implements Report {
    @Override
    public String verb() {
      return "complete";
    }

    @Override
    public String state() {
      return "completed";
    }

    @Override
    public Map<String, Object> body() {
      return Json.object(
          "output", output, "session_id", session.id(), "work_dir", session.workDir());
    }
  }

  /// The agent did not.
  record Fail(String error, Reason reason, Session session) implements Report {
    @Override
    public String verb() {
      return "fail";
    }

    @Override
    public String state() {
      return "failed";
    }

    @Override
    public Map<String, Object> body() {
      return Json.object(
          "error",
          error,
          "failure_reason",
          reason.wire(),
          "session_id",
          session.id(),
          "work_dir",
          session.workDir());
    }
  }

  /// Why an agent failed.
  enum Reason {
    AGENT_ERROR,
    AGENT_TIMEOUT,
    /// Another attempt may help: the task is tried again.
    PROVIDER_UNAVAILABLE;

    static Reason of(String wire) {
      return Arrays.stream(values())
          .filter(reason -> reason.wire().equals(wire))
          .findFirst()
          .orElse(AGENT_ERROR);
    }

    String wire() {
      return switch (this) {
        case AGENT_ERROR -> "agent_error";
        case AGENT_TIMEOUT -> "agent_timeout";
        case PROVIDER_UNAVAILABLE -> "provider_unavailable";
      };
    }
  }
}
