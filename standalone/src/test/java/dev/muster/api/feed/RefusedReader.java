package dev.muster.api.feed;

import dev.muster.events.FeedNames;
import dev.muster.events.feed.PoisonRecords;
import dev.muster.events.kafka.KafkaClients;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.springframework.boot.kafka.autoconfigure.KafkaProperties;

/// A reader that the broker does not let in: it wants to log in where nobody does.
public final class RefusedReader extends TopicReader<String> {
  public static final String NAME = "refused-reader";

  public RefusedReader(KafkaProperties like, MeterRegistry meters) {
    this(
        meters,
        clients(refused(like)),
        new PoisonRecords(clients(like), InstantSource.system(), meters));
  }

  private RefusedReader(MeterRegistry meters, KafkaClients kafka, PoisonRecords poisonRecords) {
    super(NAME, FeedNames.DEFAULT.events(), kafka, meters, poisonRecords);
  }

  private static KafkaClients clients(KafkaProperties kafka) {
    return new KafkaClients(kafka, FeedNames.DEFAULT);
  }

  private static KafkaProperties refused(KafkaProperties like) {
    var kafka = new KafkaProperties();
    kafka.setBootstrapServers(like.getBootstrapServers());
    kafka.getProperties().put("security.protocol", "SASL_PLAINTEXT");
    kafka.getProperties().put("sasl.mechanism", "PLAIN");
    kafka
        .getProperties()
        .put(
            "sasl.jaas.config",
            "org.apache.kafka.common.security.plain.PlainLoginModule required username=\"a\" password=\"b\";");
    return kafka;
  }

  @Override
  protected Optional<String> decode(ConsumerRecord<byte[], byte[]> record) {
    return Optional.empty();
  }

  @Override
  protected void deliver(List<Read<String>> batch) {}
}
