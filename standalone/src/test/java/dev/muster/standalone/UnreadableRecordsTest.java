package dev.muster.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.muster.events.FeedNames;
import dev.muster.events.feed.FeedLog;
import dev.muster.events.feed.FeedRecords;
import dev.muster.events.feed.FeedRig;
import dev.muster.events.feed.Loop;
import dev.muster.events.id.WorkspaceId;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.Objects;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.kafka.config.KafkaListenerEndpointRegistry;

/// Records that the broker has and cannot give, since its disk is damaged: dashboards are told all
/// the same, and what follows is taken.
@Tag("faults")
class UnreadableRecordsTest {
  private static final Duration AT_MOST = Duration.ofSeconds(90);
  private static final String EVENTS = FeedNames.DEFAULT.events();

  @Test
  void dashboardsAreToldFromTheLogAndReadersGoOn() throws Exception {
    try (var rig = FeedRig.start();
        var dispatcher = Applications.dispatcher(rig.jdbcUrl(), rig.kafka());
        var app =
            Applications.api(
                rig.jdbcUrl(), rig.kafka(), TestMuster.OWNER_TOKEN, "--server.port=0")) {
      var api = new Api("http://localhost:" + Applications.port(app), TestMuster.OWNER_TOKEN);
      var workspace = api.newWorkspace();
      var resumable = Dashboard.watch(api, workspace, "&since=");
      var plain = Dashboard.watch(api, workspace, "");
      var runtime = api.newRuntime(workspace, "dm1", "claude", 2);
      plain.first("daemon:register");
      var reader = app.getBean("feedReader", Loop.class);
      var consumer =
          Objects.requireNonNull(
              dispatcher
                  .getBean(KafkaListenerEndpointRegistry.class)
                  .getListenerContainer("muster-dispatcher"));

      reader.stop();
      consumer.stop();
      var agent = api.newAgent(workspace, runtime, 1);
      rig.awaitPublished();
      var log = app.getBean(FeedLog.class);
      var damaged = log.head(new WorkspaceId(workspace));
      var event = log.at(new WorkspaceId(workspace), damaged).orElseThrow().event();
      rig.damageNewest(EVENTS, FeedRecords.partitionOf(event, 12));
      reader.start();
      consumer.start();

      plain.first("agent:created");
      resumable.hears(damaged);
      assertThat(passedOver(app, "muster-feed-reader")).isPositive();
      await().atMost(AT_MOST).until(() -> passedOver(dispatcher, "muster-dispatcher") > 0);

      var task = api.newIssue(workspace, agent);
      resumable.first("issue:created");
      plain.first("issue:created");
      assertThat(task).isNotNull();
      assertThat(plain.positions()).isSorted().doesNotHaveDuplicates();
      assertThat(resumable.positions()).isSorted().doesNotHaveDuplicates();
    }
  }

  private static double passedOver(ConfigurableApplicationContext application, String consumer) {
    return application
        .getBean(MeterRegistry.class)
        .get("muster.records.unreadable")
        .tag("consumer", consumer)
        .counter()
        .count();
  }
}
