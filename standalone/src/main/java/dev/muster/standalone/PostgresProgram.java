package dev.muster.standalone;

import java.io.BufferedInputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.compressors.xz.XZCompressorInputStream;

/// Postgres' programs, unpacked from the class path to where they can be executed.
///
/// They are unpacked beside their place and then moved there, so that a directory with that name
/// holds all of them, whenever the process dies and however many unpack at once. Nobody else may
/// write there: what lies there is executed.
///
/// @param home has `bin`, `lib` and `share`
record PostgresProgram(Path home) {
  private static final Duration LEFT_BEHIND = Duration.ofHours(1);
  private static final int NAME_BYTES = 8;

  /// The programs for this machine, unpacked if they are not yet, which takes some seconds.
  static PostgresProgram in(Path binaries) throws IOException {
    var archive = archive();
    var home = binaries.resolve("postgres-" + fingerprint(archive));
    if (!Files.isDirectory(home)) {
      PrivateFiles.directory(binaries);
      deleteLeftBehind(binaries);
      var part = Files.createTempDirectory(binaries, "unpacking-");
      unpack(archive, part);
      try {
        PrivateFiles.moveInto(part, home);
      } catch (IOException e) {
        PrivateFiles.delete(part);
        if (!Files.isDirectory(home)) {
          throw e;
        }
        // Somebody else was first.
      }
    }
    return new PostgresProgram(home);
  }

  private static String archive() {
    var system = System.getProperty("os.name").startsWith("Mac") ? "darwin" : "linux";
    var machine =
        switch (System.getProperty("os.arch").toLowerCase(Locale.ROOT)) {
          case "aarch64", "arm64" -> "arm_64";
          default -> "x86_64";
        };
    return "/postgres-" + system + "-" + machine + ".txz";
  }

  private static InputStream open(String archive) {
    var in = PostgresProgram.class.getResourceAsStream(archive);
    if (in == null) {
      throw new Sentence(
          "There is no embedded Postgres for this machine; set SPRING_DATASOURCE_URL to one that runs elsewhere.");
    }
    return in;
  }

  private static String fingerprint(String archive) throws IOException {
    try (var in = open(archive)) {
      var digest = MessageDigest.getInstance("SHA-256");
      var buffer = new byte[1 << 16];
      for (var read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        digest.update(buffer, 0, read);
      }
      return HexFormat.of().formatHex(digest.digest(), 0, NAME_BYTES);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /// What a process that was killed had begun to unpack, and older versions.
  private static void deleteLeftBehind(Path binaries) throws IOException {
    var before = Instant.now().minus(LEFT_BEHIND);
    try (var entries = Files.newDirectoryStream(binaries)) {
      for (var entry : entries) {
        try {
          if (Files.getLastModifiedTime(entry).toInstant().isBefore(before)) {
            PrivateFiles.delete(entry);
          }
        } catch (NoSuchFileException e) {
          // Somebody else deletes it too.
        }
      }
    }
  }

  private static void unpack(String archive, Path directory) throws IOException {
    try (var in =
        new TarArchiveInputStream(
            new XZCompressorInputStream(new BufferedInputStream(open(archive))))) {
      for (TarArchiveEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
        var path = directory.resolve(entry.getName()).normalize();
        if (!path.startsWith(directory)) {
          throw new IOException(entry.getName() + " is not inside of " + archive);
        }
        write(in, entry, path);
      }
    }
  }

  private static void write(TarArchiveInputStream in, TarArchiveEntry entry, Path path)
      throws IOException {
    if (entry.isDirectory()) {
      Files.createDirectories(path);
      return;
    }
    var parent = path.getParent();
    if (parent != null) {
      Files.createDirectories(parent);
    }
    if (entry.isSymbolicLink()) {
      Files.createSymbolicLink(path, Path.of(entry.getLinkName()));
      return;
    }
    Files.copy(in, path);
    var isProgram = (entry.getMode() & 0100) != 0;
    Files.setPosixFilePermissions(
        path, PosixFilePermissions.fromString(isProgram ? "rwx------" : "rw-------"));
  }

  /// The server, to be started. Where there is `setsid` it has a session of its own: keys at a
  /// terminal and signals to Muster's process group are for Muster, which stops its database last.
  ProcessBuilder server(List<String> arguments) {
    var server = command("postgres", arguments);
    if (isOnPath("setsid")) {
      server.command().addFirst("setsid");
    }
    return server;
  }

  /// One of the programs, to be started. Postgres refuses to run as root: there it is nobody, in a
  /// user namespace of its own.
  ProcessBuilder command(String program, List<String> arguments) {
    var line = new ArrayList<String>();
    if (isRoot()) {
      line.addAll(List.of("unshare", "-U"));
    }
    line.add(home.resolve("bin").resolve(program).toString());
    line.addAll(arguments);
    return new ProcessBuilder(line);
  }

  private static boolean isOnPath(String program) {
    return Arrays.stream(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator, -1))
        .anyMatch(directory -> Files.isExecutable(Path.of(directory, program)));
  }

  private static boolean isRoot() {
    return System.getProperty("os.name").startsWith("Linux")
        && System.getProperty("user.name").equals("root");
  }
}
