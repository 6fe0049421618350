package dev.muster.standalone;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;

/// A directory in which `./muster` does what it does in a checkout, without a build: what a person
/// copies from the page can be run there as it stands.
final class Checkout implements AutoCloseable {
  private final Path directory;
  private final List<Process> running = new ArrayList<>();

  Checkout(Path directory) throws IOException {
    this.directory = directory;
    var java = Path.of(System.getProperty("java.home"), "bin", "java");
    var arguments = directory.resolve("java.arguments");
    Files.writeString(
        arguments,
        "-XX:+UseSerialGC -Xmx128m -cp \"%s\" dev.muster.standalone.Main"
            .formatted(System.getProperty("java.class.path")));
    var script = directory.resolve("muster");
    Files.writeString(script, "#!/bin/sh\nexec '%s' '@%s' \"$@\"\n".formatted(java, arguments));
    Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwx------"));
  }

  /// Runs a line in bash, and lets it run.
  void run(String line) throws IOException {
    running.add(
        new ProcessBuilder("bash", "-c", line)
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("output.log").toFile())
            .start());
  }

  @Override
  public void close() {
    for (var process : running) {
      process.descendants().forEach(ProcessHandle::destroy);
      process.destroy();
      process.onExit().join();
    }
  }
}
