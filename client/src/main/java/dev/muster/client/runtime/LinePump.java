package dev.muster.client.runtime;

import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// Reads what a process writes, on a thread of its own: all of it into an excerpt, and line by line
/// to whoever listens. The process waits only where whoever listens does.
///
/// A line that is not finished is handed over as far as it goes after a pause: a question that
/// waits for its answer is seen, and whoever writes dots or progress counts as alive. The pause
/// doubles for each part of the same line.
final class LinePump {
  /// A longer line comes in parts.
  static final int LINE_MAX = 64 * 1024;

  /// So many times the first pause is the longest.
  private static final int PAUSE_GROWTH = 16;

  /// Who listens.
  @FunctionalInterface
  interface Lines {
    /// Takes a line, or a part of one.
    ///
    /// @param isUnfinished whether its line goes on with the next
    void take(String text, boolean isUnfinished);
  }

  private final OutputExcerpt excerpt;
  private final Lines lines;
  private final Duration pause;
  private final Thread reader;
  private final Thread parts;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition began = lock.newCondition();
  private final Condition over = lock.newCondition();
  // The following belong to the lock.
  private final StringBuilder line = new StringBuilder();

  /// Whether the beginning of the line was handed over.
  private boolean hasBegun;

  private long finished;
  private boolean isOver;

  /// Counts the beginning and the end of each hand-over: odd while the listener takes a line.
  private final AtomicLong steps = new AtomicLong();

  private LinePump(InputStream from, OutputExcerpt excerpt, Duration pause, Lines lines) {
    this.excerpt = excerpt;
    this.lines = lines;
    this.pause = pause;
    this.reader = Thread.ofVirtual().name("muster-output").unstarted(() -> pump(from));
    this.parts = Thread.ofVirtual().name("muster-output-parts").unstarted(this::handOverParts);
  }

  /// @param pause after which an unfinished line is handed over for the first time
  static LinePump start(InputStream from, OutputExcerpt excerpt, Duration pause, Lines lines) {
    var pump = new LinePump(from, excerpt, pause, lines);
    pump.reader.start();
    pump.parts.start();
    return pump;
  }

  /// Waits for the end of the output, or until no more of it comes. Returns false if more was still
  /// coming, or being handed over, when the time was up.
  ///
  /// @param quiet how long nothing may come before nothing more is expected
  /// @param atMost the longest wait
  boolean join(Duration quiet, Duration atMost) throws InterruptedException {
    var until = System.nanoTime() + atMost.toNanos();
    var seen = steps.get();
    while (!reader.join(quiet)) {
      var now = steps.get();
      if (now == seen && now % 2 == 0) {
        return true;
      }
      if (System.nanoTime() - until >= 0) {
        return false;
      }
      seen = now;
    }
    return true;
  }

  private void pump(InputStream from) {
    try (var text = new InputStreamReader(from, StandardCharsets.UTF_8)) {
      var buffer = new char[8 * 1024];
      for (var n = text.read(buffer); n >= 0; n = text.read(buffer)) {
        excerpt.append(new String(buffer, 0, n));
        take(buffer, n);
      }
    } catch (IOException e) {
      // The process was killed, and its pipe with it: what was read is what there is.
    }
    end();
  }

  private void take(char[] text, int length) {
    lock.lock();
    try {
      for (var i = 0; i < length; i++) {
        split(text[i]);
      }
      if (!line.isEmpty()) {
        began.signal();
      }
    } finally {
      lock.unlock();
    }
  }

  private void split(char c) {
    if (c == '\n') {
      handOver(false);
      finished++;
      return;
    }
    line.append(c);
    if (line.length() >= LINE_MAX) {
      handOverPart();
    }
  }

  private void handOver(boolean isUnfinished) {
    steps.incrementAndGet();
    lines.take(line.toString(), isUnfinished);
    steps.incrementAndGet();
    line.setLength(0);
    hasBegun = isUnfinished;
  }

  /// What there is of the line, without half of a character.
  private void handOverPart() {
    if (!line.isEmpty() && !Character.isHighSurrogate(line.charAt(line.length() - 1))) {
      handOver(true);
    }
  }

  private void end() {
    lock.lock();
    try {
      isOver = true;
      began.signal();
      over.signal();
      if (!line.isEmpty() || hasBegun) {
        handOver(false);
      }
    } finally {
      lock.unlock();
    }
  }

  private void handOverParts() {
    lock.lock();
    try {
      while (!isOver) {
        if (line.isEmpty()) {
          began.await();
        } else {
          handOverPartsOf(finished);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      lock.unlock();
    }
  }

  /// Until the line of this number is finished.
  private void handOverPartsOf(long number) throws InterruptedException {
    var nanos = pause.toNanos();
    while (!isOver && finished == number) {
      for (var left = nanos; left > 0 && !isOver; ) {
        left = over.awaitNanos(left);
      }
      if (!isOver && finished == number) {
        handOverPart();
        nanos = Math.min(2 * nanos, PAUSE_GROWTH * pause.toNanos());
      }
    }
  }
}
