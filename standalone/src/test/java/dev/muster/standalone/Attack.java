package dev.muster.standalone;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/// Everything at once that a server should stand: a tenant with valid tokens that writes and reads
/// the largest texts, sends large reports and opens dashboards that read nothing, and strangers
/// that send half of requests and wrong tokens. Each is a thread with a pause between its calls.
final class Attack implements AutoCloseable {
  private static final int COMMENT = 250 * 1024;
  private static final int REPORT = 8 * 1024 * 1024;
  private static final int HALF_SENT = 400;
  private static final int SLOW_SOCKETS = 40;
  private static final long PAUSE_NANOS = 20_000_000;

  private final Api tenant;
  private final UUID workspace;
  private final UUID issue;
  private final URI url;
  private final UUID task;
  private final Map<String, AtomicLong> calls = new ConcurrentHashMap<>();
  private final List<Thread> threads = new ArrayList<>();
  private volatile boolean open = true;

  /// @param tenant a user who shares nothing with those who must not notice
  Attack(Api tenant) {
    this.tenant = tenant;
    this.url = URI.create(tenant.url());
    this.workspace = tenant.newWorkspace();
    var runtime = tenant.newRuntime(workspace, "attacker", "claude", 1);
    this.issue = tenant.newIssue(workspace, tenant.newAgent(workspace, runtime, 1));
    this.task = Api.id(tenant.claim(runtime, 20));
    tenant.start(task).ok();
    repeat("large comments", this::comment);
    repeat("large pages", this::read);
    repeat("large messages", this::say);
    repeat("large reports of others' tasks", this::report);
    repeat("wrong tokens", this::guess);
    hold("half-sent requests", HALF_SENT, this::halfSent);
    hold("half-sent reports", 4, this::halfReport);
    hold("slow readers", 4, this::slowReader);
    hold("slow sockets", SLOW_SOCKETS, this::slowSocket);
  }

  private interface Call {
    void make() throws IOException;
  }

  private interface Connection {
    Socket open() throws IOException;
  }

  /// How many calls of each kind came through: were sent whole and, where they have an end,
  /// answered.
  Map<String, Long> calls() {
    var made = new TreeMap<String, Long>();
    calls.forEach((kind, count) -> made.put(kind, count.get()));
    return made;
  }

  private void repeat(String kind, Call call) {
    repeat(kind, call, () -> {});
  }

  private void repeat(String kind, Call call, Runnable end) {
    var made = calls.computeIfAbsent(kind, _ -> new AtomicLong());
    threads.add(
        Thread.ofPlatform()
            .name("attack: " + kind)
            .start(() -> {
              while (open) {
                try {
                  call.make();
                  made.incrementAndGet();
                } catch (IOException | RuntimeException e) {
                  // Refused, cut off or not answered: as it should be.
                }
                LockSupport.parkNanos(PAUSE_NANOS);
              }
              end.run();
            }));
  }

  /// Keeps so many connections open, the oldest of which go.
  private void hold(String kind, int most, Connection connection) {
    Deque<Socket> held = new ArrayDeque<>();
    repeat(
        kind,
        () -> {
          held.add(connection.open());
          if (held.size() > most) {
            held.remove().close();
          }
        },
        () -> held.forEach(Attack::close));
  }

  private static void close(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      // It is closed.
    }
  }

  private void comment() {
    tenant.post(
        "/api/issues/%s/comments".formatted(issue),
        "{\"content\":\"%s\"}".formatted("x".repeat(COMMENT)));
  }

  private void read() {
    tenant.get("/api/issues/%s/comments?limit=200".formatted(issue));
  }

  private void say() {
    tenant.post(
        "/api/daemon/tasks/%s/messages".formatted(task),
        "{\"messages\":[{\"seq\":%d,\"type\":\"text\",\"content\":\"%s\"}]}"
            .formatted(System.nanoTime() % Integer.MAX_VALUE, "x".repeat(REPORT)));
  }

  private void report() {
    tenant.post(
        "/api/daemon/tasks/%s/complete".formatted(UUID.randomUUID()),
        "{\"output\":\"%s\"}".formatted("x".repeat(REPORT)));
  }

  private void guess() {
    tenant.as("mul_" + UUID.randomUUID().toString().replace("-", "")).get("/api/me");
  }

  private Socket begin(String text) throws IOException {
    var socket = new Socket(url.getHost(), url.getPort());
    socket.getOutputStream().write(text.getBytes(ISO_8859_1));
    return socket;
  }

  private Socket halfSent() throws IOException {
    return begin("POST /api/tasks HTTP/1.1\r\nHost: x\r\nX-Half: ");
  }

  private String head(String method, String path) {
    return "%s %s HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\n"
        .formatted(method, path, tenant.token());
  }

  private Socket halfReport() throws IOException {
    var path = "/api/daemon/tasks/%s/complete".formatted(UUID.randomUUID());
    return begin(head("POST", path) + "Content-Length: 30000000\r\n\r\n{\"output\":\"");
  }

  private Socket slowReader() throws IOException {
    return begin(head("GET", "/api/issues/%s/comments?limit=200".formatted(issue)) + "\r\n");
  }

  private Socket slowSocket() throws IOException {
    return begin(
        "GET /ws?token=%s&workspace_id=%s HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
            .formatted(tenant.token(), workspace));
  }

  @Override
  public void close() {
    open = false;
    for (var thread : threads) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
