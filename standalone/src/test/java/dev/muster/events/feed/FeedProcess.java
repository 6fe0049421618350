package dev.muster.events.feed;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.UnaryOperator;
import org.apache.kafka.clients.producer.Producer;

/// A process that does nothing but relay and publish, to be killed at any moment.
public final class FeedProcess implements AutoCloseable {
  /// Takes the guard away, to see the test fail.
  private static final boolean IS_UNFENCED = Boolean.getBoolean("muster.test.unfenced");

  private final String name;
  private final Process process;

  private FeedProcess(String name, Process process) {
    this.name = name;
    this.process = process;
  }

  /// Takes the database, the broker, and the name of its connections; ends when stdin does.
  public static void main(String[] arguments) throws IOException {
    var around =
        IS_UNFENCED
            ? Unfenced.of(arguments[1])
            : UnaryOperator.<Producer<byte[], byte[]>>identity();
    try (var parts = FeedParts.of(arguments[0], arguments[1], arguments[2], around)) {
      parts.start();
      parts.wakeAlways();
      var _ = System.in.read();
    }
  }

  public static FeedProcess start(FeedRig rig, String name) throws IOException {
    var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    var process =
        new ProcessBuilder(
                java,
                "-Xmx256m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Dmuster.test.unfenced=" + IS_UNFENCED,
                "-cp",
                System.getProperty("java.class.path"),
                FeedProcess.class.getName(),
                rig.jdbcUrl(),
                rig.kafka(),
                name)
            .redirectErrorStream(true)
            .redirectOutput(
                ProcessBuilder.Redirect.appendTo(
                    new File(System.getProperty("java.io.tmpdir"), "muster-feed-process.log")))
            .start();
    return new FeedProcess(name, process);
  }

  String name() {
    return name;
  }

  void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  /// Stands still between any two instructions, until [#resume].
  void pause() throws IOException {
    signal("-STOP");
  }

  void resume() throws IOException {
    signal("-CONT");
  }

  private void signal(String signal) throws IOException {
    new ProcessBuilder("kill", signal, Long.toString(process.pid())).start().onExit().join();
  }

  @Override
  public void close() throws IOException {
    resume();
    process.destroyForcibly().onExit().join();
  }
}
