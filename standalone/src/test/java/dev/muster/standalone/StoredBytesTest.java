package dev.muster.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.muster.events.id.WorkspaceId;
import dev.muster.events.storage.StoredBytes;
import dev.muster.events.storage.StoredBytes.Fullness;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.UUID;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DelegatingDataSource;
import org.springframework.util.unit.DataSize;

/// How stored bytes are counted, in memory and in Postgres.
class StoredBytesTest {
  private static final DataSize QUOTA = DataSize.ofGigabytes(1_000);

  private final TestMuster muster = TestMuster.get();
  private final UUID workspace = muster.api().newWorkspace();
  private final WorkspaceId id = new WorkspaceId(workspace);
  private final StoredBytes stored = new StoredBytes(muster.db(), QUOTA);

  /// What everybody's processes have added: what the test adds is larger than what they do.
  private long gigabytes() {
    return muster
            .db()
            .sql("SELECT coalesce(sum(bytes), 0) FROM workspace_storage WHERE workspace_id = :w")
            .param("w", workspace)
            .query(Long.class)
            .single()
        / DataSize.ofGigabytes(1).toBytes();
  }

  private static long bytes(long gigabytes) {
    return DataSize.ofGigabytes(gigabytes).toBytes();
  }

  /// It is not measured, which would find nothing of what is only counted.
  private void leaveUnmeasured() {
    muster
        .db()
        .sql(
            """
            INSERT INTO workspace_storage (workspace_id, measured_at) VALUES (:w, now() + interval '1 hour')
            ON CONFLICT (workspace_id) DO UPDATE
               SET measured_at = excluded.measured_at, lease = NULL, leased_until = NULL
            """)
        .param("w", workspace)
        .update();
  }

  @Test
  void textsCountAsTheBytesThatTheyAreInPostgres() {
    assertThat(StoredBytes.of("ab", null, "ü", "€", "😀")).isEqualTo(2 + 2 + 3 + 4);
  }

  @ParameterizedTest
  @CsvSource({
    "799, ROOMY",
    "800, FILLING",
    "999, FILLING",
    "1000, FULL",
    "1099, FULL",
    "1100, OVERFULL"
  })
  void aWorkspaceIsAsFullAsTheQuotaSays(long gigabytes, Fullness fullness) {
    leaveUnmeasured();
    stored.add(id, bytes(gigabytes));
    stored.flush();
    stored.look();

    assertThat(stored.fullness(id)).isEqualTo(fullness);
    assertThat(stored.isFull(id)).isEqualTo(gigabytes >= 1_000);
  }

  @Test
  void whatProcessesCountIsAddedUpAndNeverLessThanNothing() {
    leaveUnmeasured();
    var other = new StoredBytes(muster.db(), QUOTA);
    stored.add(id, bytes(3));
    stored.add(id, bytes(2));
    other.add(id, bytes(-1));
    stored.flush();
    stored.flush();
    other.flush();
    assertThat(gigabytes()).isEqualTo(4);

    other.add(id, bytes(-9));
    other.flush();
    assertThat(gigabytes()).isZero();
  }

  @Test
  void theLastIsWrittenAtTheEnd() {
    leaveUnmeasured();
    stored.add(id, bytes(2));
    stored.close();

    assertThat(gigabytes()).isEqualTo(2);
  }

  @Test
  void aWorkspaceThatIsGoneHoldsUpNoOther() {
    leaveUnmeasured();
    stored.add(new WorkspaceId(UUID.randomUUID()), bytes(1));
    stored.add(id, bytes(1));
    stored.flush();

    assertThat(gigabytes()).isEqualTo(1);
  }

  @Test
  void whatCannotBeWrittenIsCountedAgain() {
    leaveUnmeasured();
    var database = new Away(muster.apiBean("dataSource", DataSource.class));
    var counting = new StoredBytes(JdbcClient.create(database), QUOTA);
    counting.add(id, bytes(2));
    database.isAway = true;
    assertThatThrownBy(counting::flush).isInstanceOf(DataAccessException.class);
    counting.add(id, bytes(1));
    database.isAway = false;
    counting.flush();

    assertThat(gigabytes()).isEqualTo(3);
  }

  @ParameterizedTest
  @ValueSource(longs = {0, -1})
  void aQuotaOfNothingIsRefusedInASentence(long bytes) {
    assertThatThrownBy(() -> new StoredBytes(muster.db(), DataSize.ofBytes(bytes)))
        .satisfies(refusal ->
            assertThat(StartupFailure.sentence(refusal))
                .contains("muster.api.quotas.storage must be at least 1."));
  }

  /// A database that can be away.
  private static final class Away extends DelegatingDataSource {
    private boolean isAway;

    Away(DataSource database) {
      super(database);
    }

    @Override
    public Connection getConnection() throws SQLException {
      if (isAway) {
        throw new SQLException("away", "08001");
      }
      return super.getConnection();
    }
  }
}
