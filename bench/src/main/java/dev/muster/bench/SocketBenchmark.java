package dev.muster.bench;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.UnixOperatingSystemMXBean;
import dev.muster.events.feed.Outbox;
import dev.muster.standalone.Applications;
import dev.muster.standalone.EmbeddedBroker;
import dev.muster.standalone.EmbeddedDatabase;
import jakarta.websocket.server.ServerContainer;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import org.springframework.boot.web.server.servlet.context.ServletWebServerApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;

/// Many sockets on one api and an event to each: how many frames a second arrive and how late, what
/// a socket costs in memory, and a frame in CPU; beside a loop on the same Tomcat that only writes,
/// and with a socket among them whose reader has stopped.
public final class SocketBenchmark {
  private static final int SOCKETS = Integer.getInteger("muster.bench.sockets", 5_000);
  private static final int BURST = Integer.getInteger("muster.bench.burst", 40);
  private static final int SECONDS = Integer.getInteger("muster.bench.seconds", 20);
  private static final int PER_SECOND = Integer.getInteger("muster.bench.rate", 2);
  private static final String TOKEN = "mul_" + "0123456789".repeat(4);
  private static final String FILLER = "x".repeat(160);

  private final int port;
  private final JdbcClient db;
  private final Outbox outbox;
  private final PlainBroadcast plain;
  private final UUID workspace;

  private SocketBenchmark(ServletWebServerApplicationContext api) throws Exception {
    this.port = Applications.port(api);
    this.db = api.getBean(JdbcClient.class);
    this.outbox = api.getBean(Outbox.class);
    var context = api.getServletContext();
    if (context == null
        || !(context.getAttribute(ServerContainer.class.getName())
            instanceof ServerContainer container)) {
      throw new IllegalStateException("the api has no WebSocket container");
    }
    this.plain = new PlainBroadcast(container);
    this.workspace =
        db.sql(
                """
                WITH w AS (INSERT INTO workspace (name, slug, issue_prefix) VALUES ('Bench', 'bench', 'B') RETURNING id)
                INSERT INTO member (workspace_id, user_id, role) SELECT w.id, u.id, 'owner' FROM w, app_user u
                RETURNING workspace_id
                """)
            .query((row, _) -> row.getObject(1, UUID.class))
            .single();
  }

  public static void main(String[] arguments) throws Exception {
    var directory = Files.createTempDirectory("muster-bench");
    try (var database = EmbeddedDatabase.start(directory.resolve("postgres"));
        var broker = EmbeddedBroker.start(directory.resolve("kafka"), 0);
        var api =
            Applications.api(
                database.jdbcUrl(),
                broker.address(),
                TOKEN,
                "--server.port=0",
                "--muster.api.sockets.max=20000",
                "--muster.api.sockets.per-user=20000",
                "--muster.api.sockets.per-workspace=20000",
                "--muster.api.sockets.per-address=20000")) {
      if (!(api instanceof ServletWebServerApplicationContext web)) {
        throw new IllegalStateException("the api is no web server");
      }
      var benchmark = new SocketBenchmark(web);
      var target = "/ws?heartbeat=1&workspace_id=" + benchmark.workspace + "&token=" + TOKEN;
      benchmark.measure("plain loop, first", PlainBroadcast.PATH, 0, benchmark::broadcast);
      benchmark.measure("muster, first", target, 0, benchmark::append);
      var limit = benchmark.measure("plain loop", PlainBroadcast.PATH, 0, benchmark::broadcast);
      var muster = benchmark.measure("muster", target, 0, benchmark::append);
      System.out.printf(
          "muster delivers %.2f of the plain loop's frames a second%n", muster / limit);
      benchmark.measure("muster, one reader stopped", target, 1, benchmark::append);
    }
    System.exit(0);
  }

  private interface Told {
    void tell(int events) throws IOException;
  }

  /// What the plain loop sends has the size of what a dashboard is sent.
  private void broadcast(int events) throws IOException {
    for (var i = 0; i < events; i++) {
      plain.send(
          "{\"type\":\"issue:updated\",\"payload\":{\"t\": %d, \"x\": \"%s\"},\"cursor\":\"00000000:%d\"}"
              .formatted(System.nanoTime(), FILLER, i));
    }
  }

  private void append(int events) {
    db.sql(
            """
            INSERT INTO outbox (workspace_id, type, subject_id, data)
            SELECT :workspace, 'issue.updated', gen_random_uuid(), jsonb_build_object('t', :now::bigint, 'x', :filler)
              FROM generate_series(1, :events)
            """)
        .param("workspace", workspace)
        .param("now", System.nanoTime())
        .param("filler", FILLER)
        .param("events", events)
        .update();
    outbox.wake();
  }

  /// Measures one way of telling. Returns how many frames a second arrive when many events come at
  /// once.
  private double measure(String name, String target, int silent, Told told) throws IOException {
    var files = openFiles();
    var before = heap();
    try (var audience = new Audience(port, target, SOCKETS, silent)) {
      var perSocket = (heap() - before) / SOCKETS;
      var reading = (long) SOCKETS - silent;
      told.tell(BURST);
      audience.await(BURST * reading);
      audience.forget();

      var begin = System.nanoTime();
      var cpu = cpu();
      told.tell(BURST);
      var burst = audience.await(BURST * reading);
      var cpuPerFrame = (cpu() - cpu) / (BURST * reading);
      audience.forget();

      tellSteadily(told);
      var steady = audience.await(reading * SECONDS * PER_SECOND);
      System.out.printf(
          "%s: %d sockets, %d bytes of heap each; %d events at once: %.0f frames/s (%d of %d), %.1f us of CPU each; "
              + "%d events/s: p50 %.1f ms, p99 %.1f ms, max %.1f ms (%d frames)%n",
          name,
          SOCKETS,
          perSocket,
          BURST,
          burst.perSecond(begin),
          burst.frames(),
          BURST * reading,
          cpuPerFrame / 1e3,
          PER_SECOND,
          steady.p50() / 1e3,
          steady.p99() / 1e3,
          steady.max() / 1e3,
          steady.frames());
      return burst.perSecond(begin);
    } finally {
      // What is measured next must not be charged with what this leaves behind.
      awaitClosed(files);
    }
  }

  /// At a steady rate, whatever a telling takes.
  private static void tellSteadily(Told told) throws IOException {
    var begin = System.nanoTime();
    for (var i = 0; i < SECONDS * PER_SECOND; i++) {
      told.tell(1);
      var due = begin + (i + 1) * 1_000_000_000L / PER_SECOND;
      while (System.nanoTime() < due) {
        LockSupport.parkNanos(due - System.nanoTime());
      }
    }
  }

  private static void awaitClosed(long files) {
    var deadline = System.nanoTime() + 30_000_000_000L;
    while (openFiles() > files + SOCKETS / 100 && System.nanoTime() < deadline) {
      LockSupport.parkNanos(100_000_000);
    }
  }

  private static long openFiles() {
    return ManagementFactory.getPlatformMXBean(UnixOperatingSystemMXBean.class)
        .getOpenFileDescriptorCount();
  }

  private static long heap() {
    for (var i = 0; i < 3; i++) {
      System.gc();
    }
    var runtime = Runtime.getRuntime();
    return runtime.totalMemory() - runtime.freeMemory();
  }

  /// What this process has used, in nanoseconds: the api and the embedded broker, not Postgres.
  private static long cpu() {
    return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getProcessCpuTime();
  }
}
