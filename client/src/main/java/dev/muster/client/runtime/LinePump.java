package dev.muster.client.runtime;

import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.function.Consumer;

/// Reads what a process writes, on a thread of its own: all of it into a tail, and line by line to
/// whoever listens. So the process never waits for a reader.
final class LinePump {
  /// A longer line comes in parts.
  static final int LINE_MAX = 64 * 1024;

  private final Thread thread;

  private LinePump(Thread thread) {
    this.thread = thread;
  }

  static LinePump start(InputStream from, OutputTail tail, Consumer<String> lines) {
    return new LinePump(
        Thread.ofVirtual().name("muster-output").start(() -> pump(from, tail, lines)));
  }

  /// Waits for the end of the output. Returns whether it came.
  boolean join(Duration atMost) throws InterruptedException {
    return thread.join(atMost);
  }

  private static void pump(InputStream from, OutputTail tail, Consumer<String> lines) {
    var line = new StringBuilder();
    try (var reader = new InputStreamReader(from, StandardCharsets.UTF_8)) {
      var buffer = new char[8 * 1024];
      for (var n = reader.read(buffer); n >= 0; n = reader.read(buffer)) {
        tail.append(new String(buffer, 0, n));
        for (var i = 0; i < n; i++) {
          split(buffer[i], line, lines);
        }
      }
    } catch (IOException e) {
      // The process was killed, and its pipe with it: what was read is what there is.
    }
    if (!line.isEmpty()) {
      lines.accept(line.toString());
    }
  }

  private static void split(char c, StringBuilder line, Consumer<String> lines) {
    if (c != '\n') {
      line.append(c);
    }
    var isFull = line.length() >= LINE_MAX && !Character.isHighSurrogate(c);
    if (c == '\n' || isFull) {
      lines.accept(line.toString());
      line.setLength(0);
    }
  }
}
