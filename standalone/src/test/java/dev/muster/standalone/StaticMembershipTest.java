package dev.muster.standalone;

import static org.awaitility.Awaitility.await;

import dev.muster.events.feed.FeedRig;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.MemberDescription;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// A dispatcher that has a name of its own in the group, as in a StatefulSet.
@Tag("faults")
class StaticMembershipTest {
  private static final String GROUP = "muster-dispatcher";
  private static final String NAME = "dispatcher-0";
  private static final String SETTING =
      "--spring.kafka.consumer.properties.group.instance.id=" + NAME;

  @Test
  void aDispatcherIsTheMemberThatItsSettingNamesAndOwnsPartitionsAgainAfterARestart()
      throws Exception {
    // On servers of its own: a member that has stopped keeps its partitions for a while.
    try (var rig = FeedRig.start();
        var admin = Admin.create(Map.of("bootstrap.servers", rig.kafka()))) {
      for (var start = 0; start < 2; start++) {
        try (var _ = Applications.dispatcher(rig.jdbcUrl(), rig.kafka(), SETTING)) {
          await()
              .atMost(Duration.ofSeconds(60))
              .ignoreExceptions()
              .until(() -> ownsPartitions(admin));
        }
      }
    }
  }

  @Test
  void anApiWithTheSameEnvironmentStartsAllTheSame() throws Exception {
    try (var rig = FeedRig.start();
        var api =
            Applications.api(
                rig.jdbcUrl(), rig.kafka(), TestMuster.OWNER_TOKEN, "--server.port=0", SETTING)) {
      var client = new Api("http://localhost:" + Applications.port(api), TestMuster.OWNER_TOKEN);
      await().until(() -> client.get("/health").status() == 200);
    }
  }

  /// Spring numbers the consumers of a listener; there is one.
  private static boolean ownsPartitions(Admin admin) throws Exception {
    return admin.describeConsumerGroups(List.of(GROUP)).all().get().values().stream()
        .flatMap(group -> group.members().stream())
        .filter(member -> member.groupInstanceId().equals(Optional.of(NAME + "-0")))
        .map(MemberDescription::assignment)
        .anyMatch(assignment -> !assignment.topicPartitions().isEmpty());
  }
}
