package dev.muster.cli;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;

/// Asks the system whether anybody reads standard output, by `poll`: Java learns it only by
/// writing.
final class StandardOutput {
  private static final int DESCRIPTOR = 1;
  private static final int POLLERR = 0x8;
  private static final int POLLHUP = 0x10;

  /// `struct pollfd`: an int, two shorts.
  private static final int BYTES = 8;

  private static final int ANSWER = 6;

  private StandardOutput() {}

  /// Whether its reader has gone; false where the system cannot be asked.
  @SuppressWarnings("restricted")
  static boolean isAbandoned() {
    try (var arena = Arena.ofConfined()) {
      var linker = Linker.nativeLinker();
      var poll =
          linker.downcallHandle(
              linker.defaultLookup().findOrThrow("poll"),
              FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT));
      var asked = arena.allocate(BYTES, JAVA_INT.byteAlignment());
      asked.set(JAVA_INT, 0, DESCRIPTOR);
      var found = (int) poll.invokeExact(asked, 1L, 0);
      return found > 0 && (asked.get(JAVA_SHORT, ANSWER) & (POLLERR | POLLHUP)) != 0;
    } catch (Throwable e) {
      return false;
    }
  }
}
