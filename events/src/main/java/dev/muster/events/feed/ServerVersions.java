package dev.muster.events.feed;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import javax.sql.DataSource;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.FinalizedVersionRange;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.flywaydb.core.api.FlywayException;

/// What the servers must be able to do, asked before anything else is: an older one takes the
/// schema and the topics, and then fails at each claim.
final class ServerVersions {
  private static final int POSTGRES_LEAST = 18;

  /// The feature that the group protocol `consumer` needs.
  private static final String GROUPS = "group.version";

  private ServerVersions() {}

  static void requirePostgres(DataSource database) {
    try (var connection = database.getConnection()) {
      var metadata = connection.getMetaData();
      requirePostgres(metadata.getDatabaseMajorVersion(), metadata.getDatabaseProductVersion());
      requireUtf8(connection);
    } catch (SQLException e) {
      throw new FlywayException("The database's version cannot be asked for", e);
    }
  }

  /// Another encoding takes the schema, and then refuses the results of tasks.
  private static void requireUtf8(Connection connection) throws SQLException {
    try (var statement = connection.createStatement();
        var row = statement.executeQuery("SHOW server_encoding")) {
      if (row.next() && !row.getString(1).equals("UTF8")) {
        throw new ServerUnfit(
            "The database's encoding is %s, and Muster needs UTF8: make one with CREATE DATABASE … ENCODING 'UTF8' TEMPLATE template0"
                .formatted(row.getString(1)));
      }
    }
  }

  static void requirePostgres(int major, String version) {
    if (major < POSTGRES_LEAST) {
      throw new ServerUnfit(
          "Postgres is of version %s, and Muster needs %d or later; upgrade it"
              .formatted(version, POSTGRES_LEAST));
    }
  }

  static void requireKafka(Admin client, String address) throws InterruptedException {
    try {
      requireKafka(client.describeFeatures().featureMetadata().get().finalizedFeatures(), address);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof UnsupportedVersionException) {
        throw tooOld(address);
      }
      // Whoever may not ask may still use it.
    }
  }

  static void requireKafka(Map<String, FinalizedVersionRange> features, String address) {
    var groups = features.get(GROUPS);
    if (groups == null || groups.maxVersionLevel() < 1) {
      throw tooOld(address);
    }
  }

  private static ServerUnfit tooOld(String address) {
    return new ServerUnfit(
        "Kafka at %s is older than 4.0, or was upgraded without its features (kafka-features.sh upgrade --release-version 4.0); upgrade it"
            .formatted(address));
  }
}
