package dev.muster.client.runtime;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/// What Linux says of processes. One that has ended and was not collected by its parent runs no
/// more: where nobody collects, as in many containers, it would be waited for in vain.
final class ProcessTable {
  private static final Path PROC = Path.of("/proc");

  private ProcessTable() {}

  private record Row(char state, long group) {
    boolean isRunning() {
      return state != 'Z' && state != 'X';
    }
  }

  /// Whether a member of the group runs. Where there is no such table, none is known to.
  static boolean runsInGroup(long group) {
    if (!Files.isDirectory(PROC)) {
      return false;
    }
    try (var processes = Files.newDirectoryStream(PROC, "[0-9]*")) {
      for (var process : processes) {
        if (row(process).filter(row -> row.group() == group && row.isRunning()).isPresent()) {
          return true;
        }
      }
      return false;
    } catch (IOException e) {
      return false;
    }
  }

  /// The processes that were started with such a value of an environment variable. Those of other
  /// users are not seen.
  static List<ProcessHandle> withVariable(String name, Predicate<String> value) {
    if (!Files.isDirectory(PROC)) {
      return List.of();
    }
    try (var processes = Files.newDirectoryStream(PROC, "[0-9]*")) {
      return StreamSupport.stream(processes.spliterator(), false)
          .filter(process ->
              variables(process)
                  .anyMatch(variable ->
                      variable.startsWith(name + "=")
                          && value.test(variable.substring(name.length() + 1))))
          .map(process -> ProcessHandle.of(Long.parseLong(process.getFileName().toString())))
          .flatMap(Optional::stream)
          .toList();
    } catch (IOException | DirectoryIteratorException e) {
      return List.of();
    }
  }

  /// A process's environment; empty if it is gone, has ended, or is another user's.
  private static Stream<String> variables(Path process) {
    try {
      return Arrays.stream(
          Files.readString(process.resolve("environ"), StandardCharsets.ISO_8859_1).split("\0"));
    } catch (IOException e) {
      return Stream.empty();
    }
  }

  static boolean runs(ProcessHandle process) {
    return process.isAlive()
        && row(PROC.resolve(Long.toString(process.pid()))).map(Row::isRunning).orElse(true);
  }

  /// The row of a process; empty if it is gone, or if there is no table.
  private static Optional<Row> row(Path process) {
    try {
      var stat = Files.readString(process.resolve("stat"), StandardCharsets.ISO_8859_1);
      // The program's name, in parentheses, may hold anything.
      var fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", 4);
      return Optional.of(new Row(fields[0].charAt(0), Long.parseLong(fields[2])));
    } catch (IOException | IndexOutOfBoundsException | NumberFormatException e) {
      return Optional.empty();
    }
  }
}
