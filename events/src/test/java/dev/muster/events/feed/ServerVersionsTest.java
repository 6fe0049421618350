package dev.muster.events.feed;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.FinalizedVersionRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Servers that take the schema and the topics, and would fail at each claim.
class ServerVersionsTest {
  private static Map<String, FinalizedVersionRange> groups(int level) {
    return Map.of("group.version", new FinalizedVersionRange((short) 0, (short) level));
  }

  @ParameterizedTest
  @CsvSource({"9, 9.6.24", "15, 15.18 (Debian 15.18-0+deb12u1)", "17, 17.6"})
  void anOlderPostgresIsNamedWithTheLeastThatWillDo(int major, String version) {
    assertThatThrownBy(() -> ServerVersions.requirePostgres(major, version))
        .isInstanceOf(ServerUnfit.class)
        .hasMessage(
            "Postgres is of version " + version + ", and Muster needs 18 or later; upgrade it");
  }

  @ParameterizedTest
  @ValueSource(ints = {18, 19, 30})
  void aNewerPostgresWillDo(int major) {
    assertThatCode(() -> ServerVersions.requirePostgres(major, major + ".0"))
        .doesNotThrowAnyException();
  }

  @Test
  void aKafkaWithoutTheGroupProtocolIsNamedWithItsAddress() {
    for (var features : List.of(Map.<String, FinalizedVersionRange>of(), groups(0))) {
      assertThatThrownBy(() -> ServerVersions.requireKafka(features, "broker:9092"))
          .isInstanceOf(ServerUnfit.class)
          .hasMessageContaining("Kafka at broker:9092 is older than 4.0");
    }
    assertThatCode(() -> ServerVersions.requireKafka(groups(1), "broker:9092"))
        .doesNotThrowAnyException();
  }
}
