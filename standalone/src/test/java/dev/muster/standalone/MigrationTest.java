package dev.muster.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `./muster migrate`, on a Postgres that nobody has used.
class MigrationTest {
  @Test
  void the_schema_is_made_once_and_then_left_as_it_is(@TempDir Path home) throws IOException {
    try (var postgres = TestPostgres.start(home, 0);
        var database = new SingleDatabase(postgres.jdbcUrl())) {
      var made = Migration.run(postgres.jdbcUrl());
      var migrations = migrations(database);

      assertThat(migrations).isGreaterThan(20);
      assertThat(database.db().sql("SELECT count(*) FROM task").query(Long.class).single())
          .isZero();
      assertThat(Migration.run(postgres.jdbcUrl())).isEqualTo(made);
      assertThat(migrations(database)).isEqualTo(migrations);
    }
  }

  /// As hosted Postgres has it, for statements of applications. One of the migrations' takes
  /// longer.
  @Test
  void limits_of_the_database_do_not_end_a_migration() {
    var jdbcUrl = Installation.newDatabase();
    try {
      var name = jdbcUrl.replaceFirst(".*//[^/]+/([^?]*).*", "$1");
      try (var database = new SingleDatabase(jdbcUrl)) {
        // In a schema of its own: that of Muster is empty at first.
        database.db().sql("CREATE SCHEMA slow").update();
        database
            .db()
            .sql(
                """
                CREATE FUNCTION slow.takes_time() RETURNS event_trigger LANGUAGE plpgsql AS $$
                BEGIN
                  IF to_regclass('app_user') IS NOT NULL AND to_regclass('workspace') IS NULL THEN
                    PERFORM pg_sleep(1.5);
                  END IF;
                END $$
                """)
            .update();
        database
            .db()
            .sql(
                "CREATE EVENT TRIGGER takes_time ON ddl_command_end EXECUTE FUNCTION slow.takes_time()")
            .update();
        database
            .db()
            .sql("ALTER DATABASE %s SET statement_timeout = '1s'".formatted(name))
            .update();
      }

      assertThat(Migration.run(jdbcUrl)).isNotEmpty();
    } finally {
      Installation.dropDatabase(jdbcUrl);
    }
  }

  @Test
  void a_database_of_another_encoding_is_refused() {
    var jdbcUrl = Installation.newDatabase();
    try {
      try (var database = new SingleDatabase(TestServers.get().jdbcUrl())) {
        database
            .db()
            .sql("CREATE DATABASE latin ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0")
            .update();
      }
      var latin = jdbcUrl.replaceFirst("(//[^/]+/)[^?]*", "$1latin");

      assertThatThrownBy(() -> Migration.run(latin))
          .satisfies(failure ->
              assertThat(StartupFailure.told(failure))
                  .startsWith("The database's encoding is LATIN1, and Muster needs UTF8"));
      Installation.dropDatabase(latin);
    } finally {
      Installation.dropDatabase(jdbcUrl);
    }
  }

  @Test
  void a_database_of_somebody_else_is_left_as_it_is() {
    var jdbcUrl = Installation.newDatabase();
    try (var database = new SingleDatabase(jdbcUrl)) {
      database.db().sql("CREATE TABLE customer (id int)").update();

      assertThatThrownBy(() -> Migration.run(jdbcUrl))
          .satisfies(failure ->
              assertThat(StartupFailure.told(failure))
                  .startsWith("The database has tables that are not Muster's; give Muster"));
      assertThat(
              database
                  .db()
                  .sql("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'")
                  .query(Long.class)
                  .single())
          .isEqualTo(1);
    } finally {
      Installation.dropDatabase(jdbcUrl);
    }
  }

  private static long migrations(SingleDatabase database) {
    return database
        .db()
        .sql("SELECT count(*) FROM flyway_schema_history WHERE success")
        .query(Long.class)
        .single();
  }
}
