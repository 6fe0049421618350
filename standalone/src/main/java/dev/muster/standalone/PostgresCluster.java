package dev.muster.standalone;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/// A directory with a Postgres database, its log and its superuser's password.
///
/// The database is made beside its place and then moved there, so that what is there is whole,
/// whenever the process dies. Whoever may connect is said anew at each start, so a database of an
/// older version is closed too.
///
/// @param directory `data` is the database, `password` and `postgres.log` are beside it
/// @param password a word that needs no encoding in an address
record PostgresCluster(Path directory, PostgresProgram program, String password) {
  private static final String VERSION = "18";
  private static final Duration START = Duration.ofMinutes(5);
  private static final Duration ASK_AGAIN = Duration.ofMillis(50);
  private static final int PASSWORD_BYTES = 20;
  private static final String INVALID_PASSWORD = "28P01";

  private static final String WHO_MAY_CONNECT =
      """
      # Written by Muster at each start.
      host  all  all  127.0.0.1/32  scram-sha-256
      """;

  private static final Map<String, String> SETTINGS =
      Map.ofEntries(
          Map.entry("listen_addresses", "127.0.0.1"),
          Map.entry("unix_socket_directories", ""),
          Map.entry("password_encryption", "scram-sha-256"),
          Map.entry("fsync", "on"),
          Map.entry("synchronous_commit", "on"),
          Map.entry("full_page_writes", "on"),
          Map.entry("max_connections", "100"),
          Map.entry("shared_buffers", "192MB"),
          Map.entry("max_wal_size", "2GB"),
          // The first plans are made for empty tables; they are made anew when somebody has counted
          // the rows.
          Map.entry("autovacuum_naptime", "15s"),
          Map.entry("log_min_messages", "error"));

  /// Opens the directory, and makes the database if there is none.
  static PostgresCluster open(Path place, Path binaries) throws IOException {
    var directory = PrivateFiles.directory(place.toAbsolutePath());
    var data = directory.resolve("data");
    new PostgresLeftover(data).stop();
    requireVersion(data);
    if (Files.isDirectory(data)) {
      // A backup that was put back may have lost the modes, without which Postgres does not start.
      PrivateFiles.directory(data);
    }
    var program = PostgresProgram.in(binaries);
    var file = directory.resolve("password");
    if (Files.exists(file)) {
      PrivateFiles.takeBack(file);
      var cluster = new PostgresCluster(directory, program, Files.readString(file).strip());
      cluster.make();
      return cluster;
    }
    var cluster = new PostgresCluster(directory, program, newPassword());
    if (Files.exists(data)) {
      cluster.setPassword();
      PrivateFiles.write(file, cluster.password());
    } else {
      PrivateFiles.write(file, cluster.password());
      cluster.make();
    }
    return cluster;
  }

  private static void requireVersion(Path data) throws IOException {
    if (!Files.isDirectory(data)) {
      return;
    }
    var file = data.resolve("PG_VERSION");
    if (!Files.exists(file)) {
      try (var entries = Files.list(data)) {
        if (entries.findAny().isEmpty()) {
          Files.delete(data);
          return;
        }
      }
      throw new Sentence(
          data
              + " holds no whole Postgres database, perhaps since its first start was cut off; move it away.");
    }
    var version = Files.readString(file).strip();
    if (!version.equals(VERSION)) {
      throw new Sentence(
          "%s was made by Postgres %s, and Muster brings Postgres %s; see docs/deploy.md on upgrades."
              .formatted(data, version, VERSION));
    }
  }

  private static String newPassword() {
    var bytes = new byte[PASSWORD_BYTES];
    new SecureRandom().nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }

  String jdbcUrl(int port) {
    return "jdbc:postgresql://127.0.0.1:%d/postgres?user=postgres&password=%s"
        .formatted(port, password);
  }

  Path data() {
    return directory.resolve("data");
  }

  Path log() {
    return directory.resolve("postgres.log");
  }

  private void make() throws IOException {
    if (Files.exists(data())) {
      return;
    }
    var part = directory.resolve("data.part");
    PrivateFiles.delete(part);
    run(
        program.command(
            "initdb",
            List.of(
                "--auth=scram-sha-256",
                "--pwfile=" + directory.resolve("password"),
                "--username=postgres",
                "--encoding=UTF-8",
                "--locale=C",
                "--locale-provider=builtin",
                "--builtin-locale=C.UTF-8",
                "--pgdata=" + part)),
        "");
    PrivateFiles.moveInto(part, data());
  }

  /// Gives a database that knows no password, or another one, this one. Nobody can connect
  /// meanwhile.
  private void setPassword() throws IOException {
    run(
        program.command("postgres", List.of("--single", "-D", data().toString(), "postgres")),
        "ALTER ROLE postgres PASSWORD '" + password + "'\n");
  }

  private void run(ProcessBuilder command, String input) throws IOException {
    var running = logged(command).redirectInput(ProcessBuilder.Redirect.PIPE).start();
    try {
      feed(running.getOutputStream(), input);
      if (!running.waitFor(START.toMillis(), TimeUnit.MILLISECONDS) || running.exitValue() != 0) {
        running.destroyForcibly();
        throw new Sentence("Postgres could not make its database: " + lastWords());
      }
    } catch (InterruptedException e) {
      running.destroyForcibly();
      Thread.currentThread().interrupt();
      throw new Sentence("Stopped while starting.", e);
    }
  }

  private static void feed(OutputStream to, String input) throws IOException {
    try (to) {
      to.write(input.getBytes(StandardCharsets.UTF_8));
    }
  }

  private ProcessBuilder logged(ProcessBuilder command) {
    var redirect = ProcessBuilder.Redirect.appendTo(log().toFile());
    command.directory(directory.toFile()).redirectErrorStream(true).redirectOutput(redirect);
    // Neither the settings of a client nor Muster's secrets are the server's.
    command
        .environment()
        .keySet()
        .removeIf(name -> name.startsWith("PG") || EnvironmentSecrets.NAMES.contains(name));
    return command;
  }

  /// Starts the server on the database. Returns when it takes connections.
  Process start(int port) throws IOException {
    new PostgresLeftover(data()).stop();
    var access = directory.resolve("pg_hba.conf");
    PrivateFiles.write(access, WHO_MAY_CONNECT.strip());
    var arguments = new ArrayList<>(List.of("-D", data().toString(), "-p", Integer.toString(port)));
    new TreeMap<>(SETTINGS)
        .forEach((name, value) -> arguments.addAll(List.of("-c", name + "=" + value)));
    arguments.addAll(List.of("-c", "hba_file=" + access));
    var process = logged(program.server(arguments)).start();
    try {
      awaitConnection(process, port);
      return process;
    } catch (SQLException e) {
      process.destroyForcibly();
      throw new Sentence("Postgres does not take connections: " + e.getMessage(), e);
    } catch (InterruptedException e) {
      process.destroy();
      Thread.currentThread().interrupt();
      throw new Sentence("Stopped while starting.", e);
    } catch (RuntimeException e) {
      process.destroyForcibly();
      throw e;
    }
  }

  private void awaitConnection(Process process, int port)
      throws SQLException, InterruptedException, IOException {
    var until = System.nanoTime() + START.toNanos();
    while (true) {
      try {
        DriverManager.getConnection(jdbcUrl(port)).close();
        return;
      } catch (SQLException e) {
        if (INVALID_PASSWORD.equals(e.getSQLState())) {
          throw new Sentence(
              "%s is not the password of the database in %s; delete it, and Muster makes a new one."
                  .formatted(directory.resolve("password"), data()),
              e);
        }
        if (!process.isAlive()) {
          throw new Sentence("Postgres did not start: " + lastWords(), e);
        }
        if (System.nanoTime() - until > 0) {
          throw e;
        }
      }
      if (process.waitFor(ASK_AGAIN.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new Sentence("Postgres did not start: " + lastWords());
      }
    }
  }

  /// What a person needs of the log: the last line that says what is wrong.
  private String lastWords() throws IOException {
    var lines = Files.readAllLines(log(), StandardCharsets.ISO_8859_1);
    return lines.reversed().stream()
            .filter(line -> line.matches(".*(FATAL|PANIC|[eE]rror|ERROR|unshare):.*"))
            .findFirst()
            .orElse(lines.isEmpty() ? "it said nothing" : lines.getLast())
            .strip()
        + " (see "
        + log()
        + ").";
  }
}
