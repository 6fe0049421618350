package dev.muster.standalone;

import java.io.IOException;
import java.nio.file.Path;

/// Postgres as tests start it: its program is unpacked once for all of them.
public final class TestPostgres {
  private static final Path BINARIES = Path.of("target/postgres-binaries").toAbsolutePath();

  private TestPostgres() {}

  /// Starts one on the directory, with what was in it.
  ///
  /// @param port 0 for any that is free
  public static EmbeddedDatabase start(Path directory, int port) throws IOException {
    return EmbeddedDatabase.start(directory, BINARIES, port);
  }
}
