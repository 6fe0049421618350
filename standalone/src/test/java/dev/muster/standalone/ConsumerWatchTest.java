package dev.muster.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.springframework.kafka.config.KafkaListenerEndpointRegistry;

/// A consumer that has given up is started again, and metrics say so.
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
    assertThat(meters.get("muster.consumer.stopped").gauge().value()).isZero();
  }
}
