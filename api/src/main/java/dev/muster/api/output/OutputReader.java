package dev.muster.api.output;

import dev.muster.api.feed.TopicReader;
import dev.muster.events.feed.PoisonRecords;
import dev.muster.events.kafka.KafkaClients;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.springframework.context.annotation.DependsOn;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/// Reads what all running tasks say, for the listeners of this instance. What it misses is stored,
/// and told with what is said next.
@Component
@DependsOn("topicSetup")
final class OutputReader extends TopicReader<Output> {
  private final List<OutputListener> listeners;
  private final JsonMapper json;

  OutputReader(
      List<OutputListener> listeners,
      JsonMapper json,
      KafkaClients clients,
      MeterRegistry meters,
      PoisonRecords poisonRecords) {
    super("muster-output-reader", clients.names().output(), clients, meters, poisonRecords);
    this.listeners = List.copyOf(listeners);
    this.json = json;
  }

  @Override
  protected Optional<Output> decode(ConsumerRecord<byte[], byte[]> record) {
    var said = Progress.decode(headers(record), record.value());
    if (said.orElse(null) instanceof Progress progress
        && !json.readTree(progress.data()).isObject()) {
      throw new IllegalArgumentException("data is not an object");
    }
    return said;
  }

  @Override
  protected void deliver(List<Read<Output>> batch) {
    for (var listener : listeners) {
      // What was said by then is stored; said again later it would be out of its order.
      tell(listener.name(), false, batch, progress -> listener.onOutput(List.of(progress)));
    }
  }
}
