package dev.muster.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;

/// The JVM of a started Muster.
///
/// @param process its directory under `/proc`
record ServerJvm(Path process) {
  private static final long KIB = 1024;
  private static final Pattern USED = Pattern.compile("used (\\d+)K");

  /// @param data of a Muster with embedded servers: its JVM is the one that holds the lock there
  static ServerJvm on(Path data) throws IOException {
    var lock = data.resolve("lock").toRealPath();
    return ProcessHandle.allProcesses()
        .filter(one -> one.info().command().orElse("").endsWith("/java"))
        .map(one -> Path.of("/proc", Long.toString(one.pid())))
        .filter(one -> hasOpen(one, lock))
        .findFirst()
        .map(ServerJvm::new)
        .orElseThrow(() -> new IOException("no Muster runs on " + data));
  }

  private static boolean hasOpen(Path process, Path file) {
    try (var open = Files.newDirectoryStream(process.resolve("fd"))) {
      for (var descriptor : open) {
        if (Files.readSymbolicLink(descriptor).equals(file)) {
          return true;
        }
      }
    } catch (IOException e) {
      // It has ended, or is somebody else's.
    }
    return false;
  }

  /// The bytes of the heap that are in use after a collection, as the JVM's own tool says.
  long heapInUse() throws IOException, InterruptedException {
    var _ = jcmd("GC.run");
    var used =
        USED.matcher(jcmd("GC.heap_info").split("Metaspace", 2)[0])
            .results()
            .mapToLong(found -> Long.parseLong(found.group(1)))
            .sum();
    return used * KIB;
  }

  private String jcmd(String command) throws IOException, InterruptedException {
    var jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd");
    var tool =
        new ProcessBuilder(jcmd.toString(), process.getFileName().toString(), command)
            .redirectErrorStream(true)
            .start();
    var said = new String(tool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (tool.waitFor() != 0) {
      throw new IOException(command + ": " + said);
    }
    return said;
  }
}
