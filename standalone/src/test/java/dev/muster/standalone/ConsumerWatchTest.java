package dev.muster.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.muster.api.feed.RefusedReader;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.springframework.boot.kafka.autoconfigure.KafkaProperties;
import org.springframework.kafka.config.KafkaListenerEndpointRegistry;

/// A consumer that has given up is started again, and `GET /ready` and metrics say so.
class ConsumerWatchTest {
  private static final Duration AT_MOST = Duration.ofSeconds(60);

  private final TestMuster muster = TestMuster.get();
  private final MeterRegistry meters = muster.dispatcherBean(MeterRegistry.class);

  @Test
  void theDispatchersConsumerThatStoppedByAnErrorGoesOn() {
    var consumer =
        Objects.requireNonNull(
            muster
                .dispatcherBean(KafkaListenerEndpointRegistry.class)
                .getListenerContainer("muster-dispatcher"));
    var restarts = meters.get("muster.consumer.restarts").counter();
    var before = restarts.count();

    consumer.stopAbnormally(() -> {});

    await().atMost(AT_MOST).until(() -> restarts.count() > before);
    await().atMost(AT_MOST).until(consumer::isRunning);
    assertThat(consumer.isInExpectedState()).isTrue();
    await().atMost(AT_MOST).until(() -> stopped().isEmpty());
  }

  private List<String> stopped() {
    var answer = muster.api().get("/ready");
    assertThat(answer.status()).isEqualTo(200);
    return TestWorkspace.texts(answer.json().get("stopped_consumers"));
  }

  @Test
  void aDispatchersConsumerThatHasGivenUpIsNamed() {
    var consumer =
        Objects.requireNonNull(
            muster
                .dispatcherBean(KafkaListenerEndpointRegistry.class)
                .getListenerContainer("muster-dispatcher"));

    // It is started again within seconds, and may be before anybody has looked.
    await()
        .atMost(AT_MOST)
        .until(() -> {
          consumer.stopAbnormally(() -> {});
          return stopped().contains("muster-dispatcher");
        });
    await().atMost(AT_MOST).until(() -> stopped().isEmpty());
  }

  @Test
  void aReaderOfTheApiThatIsNotLetInIsNamed() {
    var reader =
        new RefusedReader(
            muster.dispatcherBean(KafkaProperties.class),
            muster.apiBean("prometheusMeterRegistry", MeterRegistry.class));
    reader.start();

    await().atMost(AT_MOST).until(() -> stopped().contains(RefusedReader.NAME));
    assertThat(muster.api().get("/metrics").text())
        .contains("muster_consumer_stopped{consumer=\"%s\"} 1.0".formatted(RefusedReader.NAME));

    reader.stop();
    await().atMost(AT_MOST).until(() -> stopped().isEmpty());
  }
}
