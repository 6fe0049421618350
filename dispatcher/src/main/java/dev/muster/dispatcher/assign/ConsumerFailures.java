package dev.muster.dispatcher.assign;

import dev.muster.events.kafka.UnreadableRecords;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.HashMap;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.kafka.core.ConsumerFactory;
import org.springframework.kafka.listener.DefaultErrorHandler;
import org.springframework.kafka.listener.ListenerUtils;
import org.springframework.kafka.listener.MessageListenerContainer;
import org.springframework.stereotype.Component;

/// What becomes of the feed's consumer when reading fails: it tries again after a pause, and passes
/// over records that Kafka cannot give. What they said, the timer finds out.
@Component
class ConsumerFailures extends DefaultErrorHandler {
  private static final Logger log = LoggerFactory.getLogger(ConsumerFailures.class);
  private static final long PAUSE_MILLIS = 500;

  private final UnreadableRecords unreadable;

  ConsumerFailures(ConsumerFactory<byte[], byte[]> consumers, MeterRegistry meters) {
    // Without a group: it only looks.
    this.unreadable =
        new UnreadableRecords(
            FeedConsumer.NAME, meters, () -> consumers.createConsumer(null, "unreadable"));
  }

  @Override
  public void handleOtherException(
      Exception failure,
      Consumer<?, ?> consumer,
      MessageListenerContainer container,
      boolean batchListener) {
    if (unreadable.isHopelessAfter(failure)) {
      passOver(consumer);
    } else {
      log.atWarn().setCause(failure).log("The feed could not be read, and is tried again");
      pause(container);
    }
  }

  private void passOver(Consumer<?, ?> consumer) {
    var positions = new HashMap<TopicPartition, Long>();
    consumer
        .assignment()
        .forEach(partition -> positions.put(partition, consumer.position(partition)));
    unreadable.passOver(positions, consumer::seek);
  }

  private static void pause(MessageListenerContainer container) {
    try {
      ListenerUtils.stoppableSleep(container, PAUSE_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
