package dev.muster.client.runtime;

import dev.muster.client.MusterClient;
import java.util.Locale;
import java.util.function.Consumer;

/// What all runs of a runtime share.
///
/// @param mark what the processes of its runs carry
/// @param out is told how tasks move, for people
record Crew(
    RuntimeOptions options,
    MusterClient client,
    Reports reports,
    WorkDirectory directory,
    RunMark mark,
    Consumer<String> out) {

  /// Says a line about a task.
  void say(String task, String line) {
    var name = task.substring(0, Math.min(task.length(), 8));
    out.accept(name + "  " + line.strip());
  }

  static String seconds(long nanos) {
    return String.format(Locale.ROOT, "%.1f s", nanos / 1e9);
  }
}
