package dev.muster.standalone;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A Postgres that outlived its Muster: killed with no time to stop it, it still owns the
/// directory.
///
/// A process id in a file proves nothing: the file may have come with a copy of the directory, be
/// torn, or name somebody who was given the id since. What counts is who works in the directory,
/// and each process of a Postgres does. Where no table says so, the file must name the directory
/// too.
record PostgresLeftover(Path data) {
  private static final Path PROC = Path.of("/proc");
  private static final Logger log = LoggerFactory.getLogger(PostgresLeftover.class);
  private static final Duration STOP = Duration.ofSeconds(30);
  private static final Duration ORPHANS = Duration.ofSeconds(2);
  private static final Duration ASK_AGAIN = Duration.ofMillis(20);

  /// Stops what is left, and forgets it.
  ///
  /// @throws Sentence if it does not end
  void stop() throws IOException {
    try {
      awaitEnd();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Sentence("Stopped while starting.", e);
    }
    // Nobody works here: the file tells nothing, and whoever has its number now would keep Postgres
    // from starting.
    Files.deleteIfExists(data.resolve("postmaster.pid"));
  }

  /// Lists anew each time instead of waiting for the ends of the first list: where nobody collects
  /// orphans, as in a container, an ended one keeps its process id but works in no directory.
  private void awaitEnd() throws IOException, InterruptedException {
    var begin = System.nanoTime();
    var interrupted = new HashSet<ProcessHandle>();
    for (var left = processes(); !left.isEmpty(); left = processes()) {
      var waited = Duration.ofNanos(System.nanoTime() - begin);
      if (waited.compareTo(STOP) > 0) {
        throw new Sentence(
            "A Postgres with the process id %d still owns %s; stop it and start again."
                .formatted(left.getFirst().pid(), data));
      }
      for (var process : left) {
        if (process.children().findAny().isPresent()) {
          // The postmaster alone takes it for the wish to stop; once, since each one interrupts.
          if (interrupted.add(process)) {
            signal("INT", process);
          }
        } else if (waited.compareTo(ORPHANS) > 0 && isOrphan(process, left)) {
          log.atWarn()
              .addKeyValue("pid", process.pid())
              .log("A process of a Postgres that was killed does not end; it is killed");
          signal("KILL", process);
        }
      }
      Thread.sleep(ASK_AGAIN);
    }
  }

  /// Whether its postmaster is gone. Orphans end when they notice it, which one that waits for
  /// another may never do. The next start recovers whatever they leave.
  private static boolean isOrphan(ProcessHandle process, List<ProcessHandle> left) {
    return process.parent().filter(left::contains).isEmpty() && isOfPostmaster(process);
  }

  /// Whether a postmaster started the process, which then calls itself after its work. One that a
  /// person started by hand does not, and is left to that person.
  private static boolean isOfPostmaster(ProcessHandle process) {
    try {
      return Files.readString(PROC.resolve(process.pid() + "/cmdline"), StandardCharsets.ISO_8859_1)
          .startsWith("postgres: ");
    } catch (IOException e) {
      // It is gone, or there is no such table.
      return false;
    }
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

  static void signal(String signal, ProcessHandle process) throws IOException {
    new ProcessBuilder("sh", "-c", "kill -s " + signal + " " + process.pid())
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .start()
        .onExit()
        .join();
  }
}
