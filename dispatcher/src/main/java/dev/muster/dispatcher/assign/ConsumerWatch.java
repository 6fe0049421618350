package dev.muster.dispatcher.assign;

import dev.muster.events.feed.Loop;
import dev.muster.events.feed.StoppedConsumers;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.kafka.config.KafkaListenerEndpointRegistry;
import org.springframework.kafka.listener.MessageListenerContainer;
import org.springframework.stereotype.Component;

/// Starts the feed's consumer again after it gave up: Kafka's client does so for good when it may
/// not read any more, is too old for the broker, or meets an error that it cannot place.
@Component
class ConsumerWatch extends Loop {
  private static final Logger log = LoggerFactory.getLogger(ConsumerWatch.class);
  private static final Duration INTERVAL = Duration.ofSeconds(5);

  private final KafkaListenerEndpointRegistry consumers;
  private final Counter restarts;

  ConsumerWatch(KafkaListenerEndpointRegistry consumers, MeterRegistry meters) {
    super("muster-consumer-watch");
    this.consumers = consumers;
    this.restarts = meters.counter("muster.consumer.restarts", "group", FeedConsumer.NAME);
    StoppedConsumers.watch(FeedConsumer.NAME, meters, this::hasGivenUp);
  }

  @Override
  protected void step() throws InterruptedException {
    Thread.sleep(INTERVAL);
    var consumer = consumers.getListenerContainer(FeedConsumer.NAME);
    if (consumer != null && hasGivenUp(consumer)) {
      log.atWarn()
          .addKeyValue("group", FeedConsumer.NAME)
          .log("The feed's consumer had given up, and is started again");
      restarts.increment();
      consumer.stop();
      consumer.start();
    }
  }

  private boolean hasGivenUp() {
    var consumer = consumers.getListenerContainer(FeedConsumer.NAME);
    return consumer != null && hasGivenUp(consumer);
  }

  /// One that was stopped on purpose, at the end of the process, has not given up.
  private static boolean hasGivenUp(MessageListenerContainer consumer) {
    return !consumer.isInExpectedState();
  }
}
