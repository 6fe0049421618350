package dev.muster.standalone;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// A real Postgres in a process of its own, its data in a directory, listening on loopback alone,
/// commits durable.
public final class EmbeddedDatabase implements AutoCloseable {
  private static final Duration START = Duration.ofSeconds(60);
  private static final Duration STOP = Duration.ofSeconds(30);

  private final EmbeddedPostgres postgres;

  private EmbeddedDatabase(EmbeddedPostgres postgres) {
    this.postgres = postgres;
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
    var data = directory.resolve("data");
    stopLeftover(data);
    Files.createDirectories(data);
    var postgres =
        EmbeddedPostgres.builder()
            .setDataDirectory(data)
            .setPort(port)
            .setCleanDataDirectory(false)
            .setOverrideWorkingDirectory(binaries.toFile())
            .setRegisterShutdownHook(false)
            .setPGStartupWait(START)
            .setServerConfig("listen_addresses", "127.0.0.1")
            .setServerConfig("fsync", "on")
            .setServerConfig("synchronous_commit", "on")
            .setServerConfig("full_page_writes", "on")
            .setServerConfig("max_connections", "100")
            .setServerConfig("shared_buffers", "192MB")
            .setServerConfig("max_wal_size", "2GB")
            // The first plans are made for empty tables; they are made anew when somebody has
            // counted the rows.
            .setServerConfig("autovacuum_naptime", "15s")
            .setServerConfig("log_min_messages", "error")
            .setErrorRedirector(
                ProcessBuilder.Redirect.appendTo(directory.resolve("postgres.log").toFile()))
            .setOutputRedirector(
                ProcessBuilder.Redirect.appendTo(directory.resolve("postgres.log").toFile()))
            .start();
    return new EmbeddedDatabase(postgres);
  }

  public String jdbcUrl() {
    return "jdbc:postgresql://127.0.0.1:" + postgres.getPort() + "/postgres?user=postgres";
  }

  /// Stops a Postgres that outlived its Muster: killed with no time to stop it, it still owns the
  /// directory.
  private static void stopLeftover(Path data) throws IOException {
    var pidFile = data.resolve("postmaster.pid");
    if (!Files.exists(pidFile)) {
      return;
    }
    var pid = Long.parseLong(Files.readAllLines(pidFile).getFirst().strip());
    var leftover = ProcessHandle.of(pid).filter(EmbeddedDatabase::isPostgres);
    if (leftover.isPresent()) {
      interrupt(pid);
      try {
        leftover.get().onExit().get(STOP.toSeconds(), TimeUnit.SECONDS);
      } catch (ExecutionException | TimeoutException e) {
        throw new Sentence(
            "A Postgres with the process id %d still owns %s; stop it and start again."
                .formatted(pid, data),
            e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
    Files.deleteIfExists(pidFile);
  }

  private static boolean isPostgres(ProcessHandle process) {
    return process.info().command().filter(command -> command.contains("postgres")).isPresent();
  }

  /// SIGINT is what makes Postgres disconnect its clients and stop in order.
  private static void interrupt(long pid) throws IOException {
    new ProcessBuilder("kill", "-INT", Long.toString(pid)).inheritIO().start().onExit().join();
  }

  @Override
  public void close() throws IOException {
    postgres.close();
  }
}
