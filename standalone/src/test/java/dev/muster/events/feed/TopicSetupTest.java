package dev.muster.events.feed;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.muster.events.FeedNames;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.Test;

class TopicSetupTest {
  @Test
  void aTopicThatWouldForgetEventsIsNamedWithItsSettings() throws Exception {
    try (var rig = FeedRig.start()) {
      Map<String, Object> settings = Map.of("bootstrap.servers", rig.kafka());
      var setup = rig.topicSetup();
      assertThatCode(setup::afterPropertiesSet).doesNotThrowAnyException();

      set(settings, "retention.ms", "3600000");

      // The broker answers with its new settings once it has heard of them.
      await()
          .untilAsserted(() ->
              assertThatThrownBy(setup::afterPropertiesSet)
                  .isInstanceOf(TopicUnfit.class)
                  .hasMessage(
                      "The topic muster.events has other settings than Muster needs:"
                          + " retention.ms is 3600000 and must be -1"));
    }
  }

  private static void set(Map<String, Object> settings, String name, String value)
      throws Exception {
    var topic = new ConfigResource(ConfigResource.Type.TOPIC, FeedNames.DEFAULT.events());
    var change = new AlterConfigOp(new ConfigEntry(name, value), AlterConfigOp.OpType.SET);
    try (var admin = Admin.create(settings)) {
      admin.incrementalAlterConfigs(Map.of(topic, List.of(change))).all().get();
    }
  }
}
