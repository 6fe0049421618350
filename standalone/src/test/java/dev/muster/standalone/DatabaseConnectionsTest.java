package dev.muster.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Every connection to the database is ended while everybody works, several times.
@Tag("faults")
class DatabaseConnectionsTest {
  private static final int TIMES = 5;

  private final TestMuster muster = TestMuster.get();

  @Test
  void whenEveryDatabaseConnectionEndsNothingIsLostAndNothingIsTwice() throws Exception {
    var random = Seed.random(DatabaseConnectionsTest.class);
    var size = FaultSize.get();
    var times = TIMES * size.rounds() / 2;
    var share = size.tasks() / times;
    var api = muster.api();
    try (var load = new Load(List.of(api), List.of(api), TestServers.get(), size)) {
      for (var i = 0; i < times; i++) {
        load.make(share, 1 + random.nextInt(share / 2), this::endAllConnections);
      }
      load.awaitEnds();

      assertThat(load.check())
          .containsOnlyKeys("task.completed")
          .hasEntrySatisfying(
              "task.completed",
              done -> assertThat(done).isGreaterThanOrEqualTo((long) share * times));
    }
  }

  private void endAllConnections() {
    try (var database = new SingleDatabase(TestServers.get().jdbcUrl())) {
      var ended =
          database
              .db()
              .sql(
                  """
                  SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
                   WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'
                  """)
              .query(Integer.class)
              .single();
      assertThat(ended).isGreaterThan(1);
    }
  }
}
