package dev.muster.standalone.demo;

import dev.muster.client.Retry;
import dev.muster.client.runtime.CommandRuntime;
import dev.muster.client.runtime.RuntimeOptions;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;

/// The one runtime of the demonstration that is no simulation: its agent is a line of shell.
final class ShellRuntime {
  static final String PROVIDER = "shell";
  private static final String COMMAND =
      "read -r title; echo \"Reading: $title\"; sleep 3; echo \"A shell has read it, as $MUSTER_AGENT_NAME.\"";

  private ShellRuntime() {}

  /// Whether this machine has a shell.
  static boolean isPossible() {
    return Arrays.stream(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator, -1))
        .filter(directory -> !directory.isEmpty())
        .anyMatch(directory -> Files.isExecutable(Path.of(directory, "sh")));
  }

  static CommandRuntime start(Demo.Place place, String workspace)
      throws IOException, InterruptedException {
    var pace =
        new RuntimeOptions.Pace(
            Duration.ofSeconds(20),
            Duration.ofMillis(500),
            Duration.ofSeconds(1),
            Duration.ofSeconds(4),
            Duration.ofSeconds(2),
            Retry.standard());
    return CommandRuntime.start(
        new RuntimeOptions(
            new RuntimeOptions.Server(place.server(), place.token()),
            workspace,
            new RuntimeOptions.Identity("shell-box", PROVIDER, Map.of(), 2),
            COMMAND,
            place.work(),
            RuntimeOptions.Keep.standard(),
            pace),
        _ -> {});
  }
}
