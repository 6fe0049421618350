package dev.muster.events;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.apache.kafka.common.internals.Topic;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class FeedNamesTest {
  /// What consumers, access lists and dashboards of installations without a prefix go by.
  @Test
  void theDefaultGivesTheNamesOfAlways() {
    var names = FeedNames.DEFAULT;

    assertThat(names.topics())
        .containsExactly(
            "muster.events",
            "muster.tasks",
            "muster.output",
            "muster.dead-letters",
            "muster.redriven");
    assertThat(names.dispatchers()).isEqualTo("muster-dispatcher");
    assertThat(names.transactionalId("0")).isEqualTo("muster-publisher-0");
    assertThat(names.isOurs("muster.events")).isTrue();
    assertThat(names.isOurs("musters.events")).isFalse();
  }

  static List<String> possible() {
    return List.of("a", "7", "acme", "acme.eu-1_test", "Acme-", "a_", "a".repeat(200));
  }

  @ParameterizedTest
  @MethodSource("possible")
  void whatKafkaTakesIsTaken(String prefix) {
    assertThat(new FeedNames(prefix).topics())
        .hasSize(5)
        .allSatisfy(Topic::validate)
        .allSatisfy(topic -> assertThat(topic).startsWith(prefix + "."));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "", " ", ".", "..", "a..b", "a.", ".a", "-a", "__a", "a b", "a/b", "a*", "ä", "a\n", "a:b",
        "muster "
      })
  void whatCannotBeIsRefusedInASentence(String prefix) {
    assertThatThrownBy(() -> new FeedNames(prefix))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("muster.feed.prefix (MUSTER_FEED_PREFIX) is \"" + prefix + "\", ")
        .hasMessageContaining("1 to 200 of the characters a-z, A-Z, 0-9, '.', '_' and '-'");
  }

  @Test
  void whatIsTooLongForATopicIsRefused() {
    assertThatThrownBy(() -> new FeedNames("a".repeat(201)))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
