package dev.muster.standalone;

import static org.assertj.core.api.Assertions.assertThat;

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

  private static long migrations(SingleDatabase database) {
    return database
        .db()
        .sql("SELECT count(*) FROM flyway_schema_history WHERE success")
        .query(Long.class)
        .single();
  }
}
