package dev.muster.bench;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.locks.LockSupport;

/// Sockets that listen, in a process of their own.
final class Audience implements AutoCloseable {
  private final Process process;
  private final BufferedReader answers;

  /// Opens them. Returns when all are open.
  ///
  /// @param silent how many of them never read
  Audience(int port, String target, int sockets, int silent) throws IOException {
    process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                SocketClients.class.getName(),
                Integer.toString(port),
                target,
                Integer.toString(sockets),
                Integer.toString(silent))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    answers = new BufferedReader(new InputStreamReader(process.getInputStream(), US_ASCII));
    if (!"connected".equals(answers.readLine())) {
      throw new IOException("the sockets were not opened");
    }
  }

  /// What has come since it was asked before; times are in nanoseconds, lateness in microseconds.
  record Heard(long frames, long first, long last, long p50, long p99, long max) {
    double perSecond(long begin) {
      return frames / ((last - begin) / 1e9);
    }
  }

  /// Waits until that many frames have come, for a minute at most.
  Heard await(long frames) throws IOException {
    var all = new Heard(0, 0, 0, 0, 0, 0);
    var deadline = System.nanoTime() + 60_000_000_000L;
    while (all.frames() < frames && System.nanoTime() < deadline) {
      LockSupport.parkNanos(500_000_000);
      all = heard();
    }
    return all;
  }

  void forget() throws IOException {
    command("forget");
  }

  private Heard heard() throws IOException {
    var numbers = Arrays.stream(command("say").split(" ")).mapToLong(Long::parseLong).toArray();
    return new Heard(numbers[0], numbers[1], numbers[2], numbers[3], numbers[4], numbers[5]);
  }

  private String command(String word) throws IOException {
    process.getOutputStream().write((word + "\n").getBytes(US_ASCII));
    process.getOutputStream().flush();
    var answer = answers.readLine();
    if (answer == null) {
      throw new IOException("the sockets are gone");
    }
    return answer;
  }

  @Override
  public void close() {
    process.destroyForcibly().onExit().join();
  }
}
