package dev.muster.standalone;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A real Postgres in a process of its own, its data in a directory, listening on loopback alone,
/// its superuser behind a password, commits durable.
public final class EmbeddedDatabase implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(EmbeddedDatabase.class);
  private static final Duration STOP = Duration.ofSeconds(30);
  private static final Duration STOP_BY_FORCE = Duration.ofSeconds(5);

  /// How much later than the database this process may hear of a signal that was sent to both.
  private static final Duration SAME_SIGNAL = Duration.ofSeconds(2);

  /// More deaths than this within the time, and it is not chance.
  private static final int DEATHS_MAX = 5;

  private static final Duration DEATHS_WITHIN = Duration.ofMinutes(10);

  /// How often it is started before it counts as one that does not start: what keeps it from that
  /// may pass, such as a port that another has for a moment.
  private static final int STARTS_MAX = 5;

  private static final Duration START_AGAIN = Duration.ofSeconds(1);

  private final PostgresCluster cluster;
  private final int port;

  /// Held by whoever starts or stops the process.
  private final ReentrantLock turn = new ReentrantLock();

  private final Deque<Long> deaths = new ArrayDeque<>();
  private final InstantSource clock = InstantSource.system();
  private Process process;
  private boolean closed;

  private EmbeddedDatabase(PostgresCluster cluster, int port, Process process) {
    this.cluster = cluster;
    this.port = port;
    this.process = process;
  }

  /// Starts Postgres on the directory, with what was in it, on any port that is free.
  ///
  /// @param directory made if it does not exist
  public static EmbeddedDatabase start(Path directory) throws IOException {
    return start(directory, 0);
  }

  /// Starts Postgres on the directory and a port, so that its clients find it again.
  ///
  /// @param port 0 for any that is free
  public static EmbeddedDatabase start(Path directory, int port) throws IOException {
    return start(directory, directory.resolve("binaries"), port);
  }

  /// Starts Postgres with its program somewhere else, where others may use it too.
  ///
  /// @param binaries made if it does not exist, which takes some seconds
  public static EmbeddedDatabase start(Path directory, Path binaries, int port) throws IOException {
    var cluster = PostgresCluster.open(directory, binaries);
    var listen = port == 0 ? Ports.free() : port;
    return new EmbeddedDatabase(cluster, listen, cluster.start(listen));
  }

  /// The address with user and password, as JDBC takes it.
  public String jdbcUrl() {
    return cluster.jdbcUrl(port);
  }

  /// The same for `psql` and whatever else is made with libpq, as a service file with the service
  /// `muster`.
  String service() {
    return """
    [muster]
    host=127.0.0.1
    port=%d
    dbname=postgres
    user=postgres
    password=%s\
    """
        .formatted(port, cluster.password());
  }

  /// Starts the process again whenever it ends without having been asked to, at the same port.
  ///
  /// @param stop is asked for when that does not help
  void keepRunning(Stop stop) {
    var _ = process.onExit().thenAcceptAsync(ended -> startAgain(ended, stop), this::onItsOwn);
  }

  private void onItsOwn(Runnable task) {
    Thread.ofPlatform().name("muster-postgres").daemon().start(task);
  }

  private void startAgain(Process ended, Stop stop) {
    // Who stops it in order may stop Muster too, as a signal to all processes of a group does.
    if (ended.exitValue() == 0 ? stop.isWantedWithin(SAME_SIGNAL) : stop.isWanted()) {
      return;
    }
    turn.lock();
    try {
      if (closed || stop.isWanted()) {
        return;
      }
      log.atError()
          .addKeyValue("exit", ended.exitValue())
          .log("Postgres ended; it is started again");
      if (isOften()) {
        stop.fail("Postgres ends again and again; its last words are in " + cluster.log() + ".");
        return;
      }
      process = startPatiently(stop);
      log.atWarn().log("Postgres is back");
      keepRunning(stop);
    } catch (IOException | RuntimeException e) {
      stop.fail(
          "Postgres ended and does not start again: "
              + StartupFailure.sentence(e).orElse(String.valueOf(e)));
    } finally {
      turn.unlock();
    }
  }

  private Process startPatiently(Stop stop) throws IOException {
    for (var starts = 1; ; starts++) {
      try {
        return cluster.start(port);
      } catch (IOException | RuntimeException e) {
        if (starts >= STARTS_MAX || stop.isWantedWithin(START_AGAIN)) {
          throw e;
        }
        log.atWarn().setCause(e).log("Postgres did not start; it is started once more");
      }
    }
  }

  private boolean isOften() {
    var now = clock.millis();
    deaths.addLast(now);
    deaths.removeIf(then -> then < now - DEATHS_WITHIN.toMillis());
    return deaths.size() > DEATHS_MAX;
  }

  /// Stops the process in order, or by force what does not stop in time. Nothing that was committed
  /// is lost by either.
  @Override
  public void close() throws IOException {
    turn.lock();
    try {
      closed = true;
      stop(process, STOP);
    } finally {
      turn.unlock();
    }
  }

  /// Stops the process before this one is ended by force. Waits for no lock: whoever holds one may
  /// be what has failed.
  void stopInHaste() {
    try {
      stop(process, STOP_BY_FORCE);
    } catch (IOException e) {
      process.destroyForcibly();
    }
  }

  private static void stop(@Nullable Process process, Duration patience) throws IOException {
    if (process == null || !process.isAlive()) {
      return;
    }
    try {
      PostgresLeftover.signal("INT", process.toHandle());
      if (!process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS)) {
        PostgresLeftover.signal("QUIT", process.toHandle());
        if (!process.waitFor(STOP_BY_FORCE.toMillis(), TimeUnit.MILLISECONDS)) {
          process.destroyForcibly();
        }
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
