package dev.muster.standalone;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// A Postgres of its own. To kill it is to kill its postmaster and all backends at once.
final class DatabasePart implements Part {
  private static final String PASSWORD = "a-test-s-own";

  private final Path directory;
  private final int port;
  private @Nullable EmbeddedDatabase running;

  DatabasePart(Path directory, int port) throws IOException {
    this.directory = PrivateFiles.directory(directory);
    this.port = port;
    // Known before it is started, to those who are started beside it.
    PrivateFiles.write(directory.resolve("password"), PASSWORD);
  }

  String jdbcUrl() {
    return "jdbc:postgresql://127.0.0.1:%d/postgres?user=postgres&password=%s"
        .formatted(port, PASSWORD);
  }

  @Override
  public void start() throws IOException {
    running = TestPostgres.start(directory, port);
  }

  @Override
  public void kill() throws IOException {
    for (var process : processes()) {
      process.destroyForcibly();
    }
    for (var process : processes()) {
      process.onExit().join();
    }
    // What is left of it is its lock on the directory.
    stop();
  }

  private List<ProcessHandle> processes() throws IOException {
    var pidFile = directory.resolve("data").resolve("postmaster.pid");
    var pid = Long.parseLong(Files.readAllLines(pidFile).getFirst().strip());
    return ProcessHandle.of(pid).stream()
        .flatMap(postmaster -> Stream.concat(Stream.of(postmaster), postmaster.descendants()))
        .toList();
  }

  @Override
  public void stop() throws IOException {
    if (running != null) {
      running.close();
      running = null;
    }
  }
}
