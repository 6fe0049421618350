package dev.muster.standalone;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/// A JVM of its own: an api, a dispatcher, a broker.
final class JavaPart implements Part {
  private static final Duration START = Duration.ofMinutes(2);

  private Command command;
  private final Path log;
  private final Callable<Boolean> isReady;
  private @Nullable Process process;

  /// What is started.
  ///
  /// @param arguments the main class and what it is given, or `-jar` with another release
  record Command(List<String> jvm, List<String> arguments, Map<String, String> environment) {
    Command {
      jvm = List.copyOf(jvm);
      arguments = List.copyOf(arguments);
      environment = Map.copyOf(environment);
    }

    private ProcessBuilder builder() {
      var line = new ArrayList<String>();
      line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
      line.addAll(jvm);
      line.addAll(List.of("-cp", System.getProperty("java.class.path")));
      line.addAll(arguments);
      var builder = new ProcessBuilder(line);
      builder.environment().putAll(environment);
      return builder;
    }
  }

  /// @param isReady whether it answers
  JavaPart(Command command, Path log, Callable<Boolean> isReady) {
    this.command = command;
    this.log = log;
    this.isReady = isReady;
  }

  /// What is started from now on in its place: another release.
  void become(Command other) {
    command = other;
  }

  @Override
  public void start() throws IOException {
    var started =
        command
            .builder()
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
            .start();
    process = started;
    await()
        .atMost(START)
        .pollInterval(Duration.ofMillis(100))
        .until(() -> {
          if (!started.isAlive()) {
            throw new AssertionError(Files.readString(log));
          }
          return isReadyNow();
        });
  }

  private boolean isReadyNow() {
    try {
      return isReady.call();
    } catch (Exception e) {
      return false;
    }
  }

  /// Has the JVM collect its garbage, so that what it uses then is what it needs.
  void collectGarbage() throws IOException {
    var jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
    var pid = Long.toString(Objects.requireNonNull(process, "started").pid());
    var collected =
        new ProcessBuilder(jcmd, pid, "GC.run")
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    if (collected.onExit().join().exitValue() != 0) {
      throw new IOException("jcmd ended with " + collected.exitValue());
    }
  }

  @Override
  public void kill() {
    if (process != null) {
      process.destroyForcibly().onExit().join();
    }
  }

  @Override
  public void stop() {
    if (process != null) {
      process.destroy();
      process.onExit().join();
    }
  }
}
