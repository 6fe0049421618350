package dev.muster.standalone;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/// A Postgres that outlived its Muster: killed with no time to stop it, it still owns the
/// directory.
///
/// A process id in a file proves nothing: the file may have come with a copy of the directory, be
/// torn, or name somebody who was given the id since. What counts is who works in the directory,
/// and each process of a Postgres does. Where no table says so, the file must name the directory
/// too.
record PostgresLeftover(Path data) {
  private static final Path PROC = Path.of("/proc");
  private static final Duration STOP = Duration.ofSeconds(30);

  /// Stops what is left, and forgets it.
  ///
  /// @throws Sentence if it does not end
  void stop() throws IOException {
    var left = processes();
    if (!left.isEmpty()) {
      // The postmaster alone takes it for the wish to stop. Its children, left alone, go by
      // themselves.
      for (var process : left) {
        if (process.children().findAny().isPresent()) {
          interrupt(process);
        }
      }
      var ends = left.stream().map(ProcessHandle::onExit).toArray(CompletableFuture<?>[]::new);
      try {
        CompletableFuture.allOf(ends).get(STOP.toSeconds(), TimeUnit.SECONDS);
      } catch (ExecutionException | TimeoutException e) {
        throw new Sentence(
            "A Postgres with the process id %d still owns %s; stop it and start again."
                .formatted(left.getFirst().pid(), data),
            e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new Sentence("Stopped while starting.", e);
      }
    }
    // Nobody works here: the file tells nothing, and whoever has its number now would keep Postgres
    // from starting.
    Files.deleteIfExists(data.resolve("postmaster.pid"));
  }

  private List<ProcessHandle> processes() throws IOException {
    if (!Files.isDirectory(data)) {
      return List.of();
    }
    var here = data.toRealPath();
    return (Files.isDirectory(PROC) ? workingIn(here) : named(here).stream())
        .filter(PostgresLeftover::isPostgres)
        .toList();
  }

  private static Stream<ProcessHandle> workingIn(Path here) throws IOException {
    try (var table = Files.newDirectoryStream(PROC, "[0-9]*")) {
      return StreamSupport.stream(table.spliterator(), false)
          .filter(process -> worksIn(process, here))
          .flatMap(process ->
              ProcessHandle.of(Long.parseLong(process.getFileName().toString())).stream())
          .toList()
          .stream();
    }
  }

  private static boolean worksIn(Path process, Path here) {
    try {
      return Files.isSameFile(process.resolve("cwd"), here);
    } catch (IOException e) {
      // It is gone, or another user's.
      return false;
    }
  }

  private Optional<ProcessHandle> named(Path here) {
    try {
      var lines = Files.readAllLines(data.resolve("postmaster.pid"));
      if (lines.size() > 1 && Path.of(lines.get(1).strip()).toRealPath().equals(here)) {
        return ProcessHandle.of(Long.parseLong(lines.getFirst().strip()));
      }
    } catch (IOException | IllegalArgumentException e) {
      // Nothing that names anybody.
    }
    return Optional.empty();
  }

  private static boolean isPostgres(ProcessHandle process) {
    return process.info().command().filter(command -> command.contains("postgres")).isPresent();
  }

  /// SIGINT is what makes Postgres disconnect its clients and stop in order.
  static void interrupt(ProcessHandle process) throws IOException {
    signal("INT", process);
  }

  static void signal(String signal, ProcessHandle process) throws IOException {
    new ProcessBuilder("sh", "-c", "kill -s " + signal + " " + process.pid())
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .start()
        .onExit()
        .join();
  }
}
