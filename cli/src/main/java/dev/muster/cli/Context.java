package dev.muster.cli;

import java.io.PrintWriter;
import java.util.Map;

/// What a command has of its surroundings.
record Context(Map<String, String> environment, PrintWriter out, PrintWriter err) {

  /// Says something to the person beside what was asked for.
  void note(String line) {
    err.println(Text.line(line));
    err.flush();
  }
}
