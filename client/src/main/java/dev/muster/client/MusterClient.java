package dev.muster.client;

import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import tools.jackson.databind.JsonNode;

/// The calls of a daemon, each made once: [Retry] makes them again. Safe for many threads.
public final class MusterClient implements AutoCloseable {
  private static final Duration TIMEOUT = Duration.ofSeconds(30);
  private static final Duration HEARTBEAT_TIMEOUT = Duration.ofSeconds(10);
  private static final Set<String> FINAL_STATES = Set.of("completed", "failed", "cancelled");

  private final Wire wire;

  /// A client on the network that the environment describes.
  ///
  /// @param server the api, with the path under which a proxy has it
  /// @param token sent as a bearer token
  public MusterClient(URI server, String token) {
    this(server, token, Network.of(System.getenv()));
  }

  public MusterClient(URI server, String token, Network network) {
    this.wire = new Wire(server, token, network);
  }

  /// A workspace that the token sees.
  public record Workspace(String id, String name) {}

  public Answer<List<Workspace>> workspaces() throws InterruptedException {
    return get(
        "/api/workspaces",
        answer ->
            answer
                .valueStream()
                .map(element -> new Workspace(Json.text(element, "id"), Json.text(element, "name")))
                .toList());
  }

  /// The runtimes' ids, in the order of the offers.
  public Answer<List<String>> register(Registration registration) throws InterruptedException {
    return post(
        "/api/daemon/register",
        registration.body(),
        answer ->
            answer
                .path("runtimes")
                .valueStream()
                .map(runtime -> Json.text(runtime, "id"))
                .toList());
  }

  public Answer<Beat> heartbeat(Beat.Sent beat) throws InterruptedException {
    return wire.send(
        new Wire.Request("POST", "/api/daemon/heartbeat", beat.body(), Map.of(), HEARTBEAT_TIMEOUT),
        answer -> new Answer.Accepted<>(Beat.of(answer)));
  }

  /// Has the client's token live on, if it is about to end. True if it lives longer now.
  public Answer<Boolean> renewToken() throws InterruptedException {
    return post(
        "/api/tokens/current/renew", Map.of(), answer -> answer.path("renewed").asBoolean(false));
  }

  /// Answers a ping that came with a heartbeat.
  public Answer<JsonNode> pong(String runtime, String ping, Duration took)
      throws InterruptedException {
    return post(
        "/api/daemon/runtimes/" + runtime + "/ping/" + ping + "/result",
        Json.object("status", "completed", "output", "pong", "duration_ms", took.toMillis()),
        Function.identity());
  }

  /// How a runtime asks for work.
  ///
  /// @param key the same in each repetition of a claim that got no answer
  /// @param patience how long the server may park the claim
  public record ClaimRequest(String runtime, String process, String key, Duration patience) {}

  /// What a claim was answered.
  ///
  /// @param cancel tasks that a person wants ended
  public record Claimed(Optional<ClaimedTask> task, List<String> cancel) {}

  public Answer<Claimed> claim(ClaimRequest request) throws InterruptedException {
    var headers =
        Map.of(
            "Prefer", "wait=" + request.patience().toSeconds(),
            "Idempotency-Key", request.key(),
            "Process-Id", request.process());
    return wire.send(
        new Wire.Request(
            "POST",
            "/api/daemon/runtimes/" + request.runtime() + "/tasks/claim",
            Map.of(),
            headers,
            TIMEOUT.plus(request.patience())),
        answer ->
            new Answer.Accepted<>(
                new Claimed(
                    Optional.of(answer.path("task"))
                        .filter(JsonNode::isObject)
                        .map(ClaimedTask::of),
                    Json.texts(answer.path("cancel")))));
  }

  public Answer<JsonNode> prepare(Claim claim) throws InterruptedException {
    return write(claim, "prepare", Map.of(), Function.identity());
  }

  /// Asks for the start. The agent may begin once it was accepted.
  public Answer<JsonNode> start(Claim claim) throws InterruptedException {
    return end(claim, "start", Map.of(), "running");
  }

  public Answer<JsonNode> progress(Claim claim, String summary, int step, int total)
      throws InterruptedException {
    return write(
        claim,
        "progress",
        Json.object("summary", summary, "step", step, "total", total),
        Function.identity());
  }

  public Answer<JsonNode> messages(Claim claim, List<Message> messages)
      throws InterruptedException {
    var bodies = messages.stream().map(Message::body).toList();
    return write(claim, "messages", Json.object("messages", bodies), Function.identity());
  }

  public Answer<JsonNode> session(Claim claim, Report.Session session) throws InterruptedException {
    return write(
        claim,
        "session",
        Json.object("session_id", session.id(), "work_dir", session.workDir()),
        Function.identity());
  }

  public Answer<JsonNode> usage(Claim claim, List<Usage> usage) throws InterruptedException {
    var bodies = usage.stream().map(Usage::body).toList();
    return write(claim, "usage", Json.object("usage", bodies), Function.identity());
  }

  public Answer<JsonNode> report(Claim claim, Report report) throws InterruptedException {
    return end(claim, report.verb(), report.body(), report.state());
  }

  /// Gives the task back; it costs no attempt.
  public Answer<JsonNode> release(Claim claim) throws InterruptedException {
    return write(claim, "release", Map.of(), Function.identity());
  }

  /// Says that the agent was killed as asked.
  public Answer<JsonNode> cancelAck(Claim claim) throws InterruptedException {
    return write(claim, "cancel-ack", Map.of(), Function.identity());
  }

  /// The task's state; `cancelled` as soon as its end was asked for.
  public Answer<String> status(String task) throws InterruptedException {
    return get("/api/daemon/tasks/" + task + "/status", answer -> Json.text(answer, "status"));
  }

  /// Puts what the last process left behind back into the queue.
  public Answer<JsonNode> recoverOrphans(String runtime) throws InterruptedException {
    return ofRuntime(runtime, "recover-orphans");
  }

  public Answer<JsonNode> drain(String runtime) throws InterruptedException {
    return ofRuntime(runtime, "drain");
  }

  public Answer<JsonNode> resume(String runtime) throws InterruptedException {
    return ofRuntime(runtime, "resume");
  }

  public Answer<JsonNode> deregister(List<String> runtimes) throws InterruptedException {
    return post(
        "/api/daemon/deregister", Json.object("runtime_ids", runtimes), Function.identity());
  }

  private Answer<JsonNode> ofRuntime(String runtime, String verb) throws InterruptedException {
    return post("/api/daemon/runtimes/" + runtime + "/" + verb, Map.of(), Function.identity());
  }

  /// A write that brings the task into a state, unless it has ended in another.
  private Answer<JsonNode> end(Claim claim, String verb, Map<String, Object> body, String wanted)
      throws InterruptedException {
    return send(
        claim,
        verb,
        body,
        answer -> {
          var state = Json.text(answer, "status");
          return FINAL_STATES.contains(state) && !state.equals(wanted)
              ? new Answer.Late<>(state)
              : new Answer.Accepted<>(answer);
        });
  }

  private <T> Answer<T> write(
      Claim claim, String verb, Map<String, Object> body, Function<JsonNode, T> read)
      throws InterruptedException {
    return send(claim, verb, body, answer -> new Answer.Accepted<>(read.apply(answer)));
  }

  private <T> Answer<T> send(
      Claim claim, String verb, Map<String, Object> body, Function<JsonNode, Answer<T>> read)
      throws InterruptedException {
    var headers = new HashMap<String, String>();
    if (claim.generation() != 0) {
      headers.put("Claim-Generation", Long.toString(claim.generation()));
    }
    if (!claim.traceparent().isEmpty()) {
      headers.put("traceparent", claim.traceparent());
    }
    var path = "/api/daemon/tasks/" + claim.task() + "/" + verb;
    return wire.send(new Wire.Request("POST", path, body, headers, TIMEOUT), read);
  }

  private <T> Answer<T> post(String path, Map<String, Object> body, Function<JsonNode, T> read)
      throws InterruptedException {
    return wire.send(
        new Wire.Request("POST", path, body, Map.of(), TIMEOUT),
        answer -> new Answer.Accepted<>(read.apply(answer)));
  }

  private <T> Answer<T> get(String path, Function<JsonNode, T> read) throws InterruptedException {
    return wire.send(
        new Wire.Request("GET", path, Map.of(), Map.of(), TIMEOUT),
        answer -> new Answer.Accepted<>(read.apply(answer)));
  }

  @Override
  public void close() {
    wire.close();
  }
}
