package dev.muster.client.runtime;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A command that runs for a task, with everything it has started.
///
/// Where there is `setsid`, the command leads a process group of its own, which is killed as a
/// whole: a child whose parent is gone is still a member. Its descendants are killed too, and who
/// carries the run's mark, so that a child which has left the group is found.
final class AgentProcess {
  private static final Logger log = LoggerFactory.getLogger(AgentProcess.class);
  private static final boolean HAS_SETSID = isOnPath("setsid");
  private static final Set<String> SECRETS =
      Set.of(
          "MUSTER_TOKEN",
          "MUSTER_API_TOKEN",
          "SPRING_DATASOURCE_PASSWORD",
          "SPRING_DATASOURCE_URL",
          "SPRING_KAFKA_PROPERTIES_SASL_JAAS_CONFIG");
  private static final Duration LOOK_AGAIN = Duration.ofMillis(50);

  /// After a look that found nothing.
  private static final Duration LOOK_ONCE_MORE = Duration.ofMillis(10);

  private static final int LOOKS_MAX = 6;

  private final Process process;
  private final RunMark mark;

  private AgentProcess(Process process, RunMark mark) {
    this.process = process;
    this.mark = mark;
  }

  /// Starts the command in the directory and gives it the text on stdin.
  static AgentProcess start(
      String command, RunMark mark, Path directory, Map<String, String> environment, String input)
      throws IOException {
    var shell = List.of("sh", "-c", command);
    var arguments = new ArrayList<>(HAS_SETSID ? List.of("setsid") : List.<String>of());
    arguments.addAll(shell);
    var builder = new ProcessBuilder(arguments).directory(directory.toFile());
    // The agent is given its task, not the runtime's own token.
    builder.environment().keySet().removeAll(SECRETS);
    builder.environment().putAll(environment);
    builder.environment().put(RunMark.VARIABLE, mark.value());
    var process = builder.start();
    Thread.ofVirtual().name("muster-input").start(() -> feed(process.getOutputStream(), input));
    return new AgentProcess(process, mark);
  }

  private static void feed(OutputStream to, String input) {
    try (to) {
      to.write(input.getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      // Not every command reads what it is told.
    }
  }

  InputStream stdout() {
    return process.getInputStream();
  }

  InputStream stderr() {
    return process.getErrorStream();
  }

  CompletableFuture<Process> onExit() {
    return process.onExit();
  }

  int exitCode() {
    return process.exitValue();
  }

  /// Asks the command and all it has started to end, and ends by force what has not ended by then.
  ///
  /// A process that is forked while the table is read may be missed, so two looks in a row must
  /// find nothing.
  ///
  /// @param grace for all of them together
  void kill(Duration grace) throws InterruptedException {
    var until = System.nanoTime() + grace.toNanos();
    var clean = 0;
    for (var look = 0; look < LOOKS_MAX && clean < 2; look++) {
      if (look > 0) {
        Thread.sleep(LOOK_ONCE_MORE);
      }
      clean = isKilled(until) ? 0 : clean + 1;
    }
    if (clean < 2) {
      log.atWarn()
          .addKeyValue("pid", process.pid())
          .log("Some of what it has started may still run");
    }
    var _ = process.waitFor(grace.toMillis(), TimeUnit.MILLISECONDS);
  }

  /// Ends what there is: asks it to, and from that moment on ends it by force. Returns whether
  /// there was anything.
  private boolean isKilled(long until) throws InterruptedException {
    var known = new LinkedHashSet<>(found());
    if (!isAnyAlive(known)) {
      return false;
    }
    signal("TERM", known);
    while (isAnyAlive(known) && System.nanoTime() < until) {
      Thread.sleep(LOOK_AGAIN);
    }
    if (isAnyAlive(known)) {
      signal("KILL", known);
    }
    return true;
  }

  private Set<ProcessHandle> found() {
    var found = mark.carriers();
    process.descendants().forEach(found::add);
    found.add(process.toHandle());
    return found;
  }

  /// Ends everything by force, and waits for nothing.
  void killNow() {
    found().forEach(ProcessHandle::destroyForcibly);
    try {
      signalGroup("KILL");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void signal(String signal, Set<ProcessHandle> known) throws InterruptedException {
    known.addAll(found());
    signalGroup(signal);
    for (var handle : known) {
      if (signal.equals("KILL")) {
        var _ = handle.destroyForcibly();
      } else {
        var _ = handle.destroy();
      }
    }
  }

  private boolean isAnyAlive(Set<ProcessHandle> known) {
    return known.stream().anyMatch(ProcessTable::runs)
        || (HAS_SETSID && ProcessTable.runsInGroup(process.pid()));
  }

  private void signalGroup(String signal) throws InterruptedException {
    if (!HAS_SETSID) {
      return;
    }
    try {
      var _ =
          new ProcessBuilder("sh", "-c", "kill -s " + signal + " -- -" + process.pid())
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start()
              .waitFor();
    } catch (IOException e) {
      log.atWarn().addKeyValue("pid", process.pid()).setCause(e).log("A group was not signalled");
    }
  }

  private static boolean isOnPath(String program) {
    return Arrays.stream(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator, -1))
        .filter(directory -> !directory.isEmpty())
        .anyMatch(directory -> Files.isExecutable(Path.of(directory, program)));
  }
}
