package dev.muster.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What happens to an embedded Postgres on a machine that it shares with others, and that dies at
/// any time.
@Tag("faults")
class EmbeddedDatabaseTest {
  private @TempDir Path directory = Path.of("");

  @Test
  void who_has_not_the_password_is_not_let_in() throws Exception {
    try (var database = TestPostgres.start(directory, 0)) {
      assertThat(answers(database)).isTrue();
      for (var login : List.of("", "&password=", "&password=postgres")) {
        assertThatThrownBy(() ->
                DriverManager.getConnection(database.jdbcUrl().replaceFirst("&password=.*", login)))
            .isInstanceOf(SQLException.class);
      }
    }
  }

  @Test
  void nobody_else_reads_the_data_or_writes_what_is_executed() throws IOException {
    EmbeddedDatabase.start(directory).close();
    // As a backup that was put back may have it; Postgres starts with no such directory.
    Files.setPosixFilePermissions(
        directory.resolve("data"), PosixFilePermissions.fromString("rwxr-xr-x"));
    Files.setPosixFilePermissions(
        directory.resolve("password"), PosixFilePermissions.fromString("rw-r--r--"));

    EmbeddedDatabase.start(directory).close();

    for (var path : List.of("", "data", "binaries")) {
      assertThat(PosixFilePermissions.toString(permissions(directory.resolve(path))))
          .isEqualTo("rwx------");
    }
    assertThat(PosixFilePermissions.toString(permissions(directory.resolve("password"))))
        .isEqualTo("rw-------");
    try (var programs = Files.walk(directory.resolve("binaries"))) {
      assertThat(programs.filter(path -> !Files.isSymbolicLink(path)))
          .allMatch(path ->
              permissions(path).stream()
                  .noneMatch(permission ->
                      permission.name().equals("OTHERS_WRITE")
                          || permission.name().equals("GROUP_WRITE")));
    }
  }

  private static java.util.Set<PosixFilePermission> permissions(Path path) {
    try {
      return Files.getPosixFilePermissions(path);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void a_copy_leaves_the_original_alone() throws Exception {
    var copy = directory.resolve("copy");
    TestPostgres.start(copy, 0).close();
    try (var original = TestPostgres.start(directory.resolve("original"), 0)) {
      Files.copy(
          directory.resolve("original/data/postmaster.pid"), copy.resolve("data/postmaster.pid"));

      try (var copied = TestPostgres.start(copy, 0)) {
        assertThat(answers(copied)).isTrue();
        assertThat(answers(original)).isTrue();
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "\n", "12", "not a number\n/tmp\n", "OWN\n/somewhere/else\n"})
  void a_pid_file_that_names_nobody_here_harms_nobody(String text) throws Exception {
    TestPostgres.start(directory, 0).close();
    var own = Long.toString(ProcessHandle.current().pid());
    Files.writeString(directory.resolve("data/postmaster.pid"), text.replace("OWN", own));

    try (var database = TestPostgres.start(directory, 0)) {
      assertThat(answers(database)).isTrue();
    }
  }

  @Test
  void what_outlived_its_muster_is_stopped_and_nothing_is_lost() throws Exception {
    var killed = TestPostgres.start(directory, 0);
    execute(killed, "CREATE TABLE kept AS SELECT 1");

    try (var database = TestPostgres.start(directory, 0)) {
      execute(database, "SELECT * FROM kept");
      assertThat(answers(killed)).isFalse();
    }
  }

  @Test
  void a_first_start_that_was_cut_off_is_begun_anew() throws Exception {
    Files.createDirectories(directory.resolve("data.part/base"));
    Files.createDirectories(directory.resolve("binaries/unpacking-1/bin"));
    PrivateFiles.write(directory.resolve("password"), "made-before-the-end");

    try (var database = EmbeddedDatabase.start(directory)) {
      assertThat(answers(database)).isTrue();
    }
  }

  @Test
  void a_database_of_a_version_without_passwords_is_given_one() throws Exception {
    var before = TestPostgres.start(directory, 0);
    execute(before, "CREATE TABLE kept AS SELECT 1");
    before.close();
    Files.delete(directory.resolve("password"));

    try (var database = TestPostgres.start(directory, 0)) {
      execute(database, "SELECT * FROM kept");
    }
  }

  @Test
  void another_major_version_is_told_in_a_sentence() throws Exception {
    Files.createDirectories(directory.resolve("data"));
    Files.writeString(directory.resolve("data/PG_VERSION"), "17\n");

    assertThatThrownBy(() -> TestPostgres.start(directory, 0))
        .isInstanceOf(Sentence.class)
        .hasMessageContaining("was made by Postgres 17");
  }

  @Test
  void killed_it_is_started_again_where_it_was() throws Exception {
    try (var stop = new Stop();
        var database = TestPostgres.start(directory, 0)) {
      execute(database, "CREATE TABLE kept AS SELECT 1");
      database.keepRunning(stop);

      for (var kill = 0; kill < 2; kill++) {
        kill(postmaster());
        awaitKept(database, stop);
      }
      assertThat(stop.loss()).isEmpty();
    }
    assertThat(directory.resolve("data/postmaster.pid")).doesNotExist();
  }

  @Test
  void what_keeps_it_from_starting_again_may_pass() throws Exception {
    try (var stop = new Stop();
        var database = TestPostgres.start(directory, 0)) {
      execute(database, "CREATE TABLE kept AS SELECT 1");
      database.keepRunning(stop);
      var version = directory.resolve("data/PG_VERSION");
      Files.writeString(version, "broken\n");

      kill(postmaster());
      await()
          .atMost(Duration.ofSeconds(60))
          .until(() -> Files.readString(directory.resolve("postgres.log")).contains("FATAL"));
      Files.writeString(version, "18\n");

      awaitKept(database, stop);
      assertThat(stop.loss()).isEmpty();
    }
  }

  @Test
  void an_orphan_that_does_not_end_is_killed() throws Exception {
    TestPostgres.start(directory, 0).close();
    var orphan = inTheDirectory("postgres: stuck");

    try (var database = TestPostgres.start(directory, 0)) {
      assertThat(answers(database)).isTrue();
    }

    assertThat(orphan.waitFor(1, TimeUnit.SECONDS)).isTrue();
  }

  /// A program of the name of Postgres' that works in the database's directory, and reads what
  /// never comes.
  private Process inTheDirectory(String title) throws IOException {
    var program = Files.copy(Path.of("/bin/sh").toRealPath(), directory.resolve("postgres"));
    return new ProcessBuilder(
            "bash", "-c", "exec -a \"$1\" \"$2\" -c 'read line'", "bash", title, program.toString())
        .directory(directory.resolve("data").toFile())
        .start();
  }

  @Test
  void what_cannot_be_started_again_is_lost_in_a_sentence() throws Exception {
    try (var stop = new Stop();
        var database = TestPostgres.start(directory, 0)) {
      database.keepRunning(stop);
      Files.writeString(directory.resolve("data/PG_VERSION"), "broken\n");

      kill(postmaster());

      await().atMost(Duration.ofSeconds(60)).until(stop::isWanted);
      assertThat(stop.loss())
          .get()
          .asString()
          .startsWith("Postgres ended and does not start again: Postgres did not start:");
      Files.writeString(directory.resolve("data/PG_VERSION"), "18\n");
    }
  }

  private static void awaitKept(EmbeddedDatabase database, Stop stop) {
    await()
        .atMost(Duration.ofSeconds(60))
        .failFast(() -> assertThat(stop.loss()).isEmpty())
        .ignoreExceptions()
        .untilAsserted(() -> execute(database, "SELECT * FROM kept"));
  }

  private ProcessHandle postmaster() throws IOException {
    var pid = Files.readAllLines(directory.resolve("data/postmaster.pid")).getFirst().strip();
    return ProcessHandle.of(Long.parseLong(pid)).orElseThrow();
  }

  private static void kill(ProcessHandle process) {
    assertThat(process.destroyForcibly()).isTrue();
    process.onExit().join();
  }

  private static boolean answers(EmbeddedDatabase database) {
    try (var connection = DriverManager.getConnection(database.jdbcUrl())) {
      return connection.isValid(5);
    } catch (SQLException e) {
      return false;
    }
  }

  private static void execute(EmbeddedDatabase database, String sql) throws SQLException {
    try (var connection = DriverManager.getConnection(database.jdbcUrl());
        var statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
