import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;

/// Reads `muster.events` from outside, as analytics does, and prints a task's events up to its last.
/// Run by the source launcher with kafka-clients on the class path: `ReadFeed.java <servers> <task>`.
void main(String[] arguments) {
  Map<String, Object> settings = Map.of("bootstrap.servers", arguments[0], "isolation.level", "read_committed");
  var text = new StringDeserializer();
  try (var consumer = new KafkaConsumer<>(settings, text, text)) {
    var partitions =
        consumer.partitionsFor("muster.events").stream()
            .map(info -> new TopicPartition(info.topic(), info.partition()))
            .toList();
    consumer.assign(partitions);
    consumer.seekToBeginning(partitions);
    var end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    while (System.nanoTime() < end) {
      for (var event : consumer.poll(Duration.ofMillis(200))) {
        var type = new String(event.headers().lastHeader("ce_type").value(), StandardCharsets.UTF_8);
        var task = event.headers().lastHeader("ce_subject").value();
        if (new String(task, StandardCharsets.UTF_8).equals(arguments[1])) {
          IO.println(type);
          if (type.equals("dev.muster.task.completed")) {
            return;
          }
        }
      }
    }
  }
  System.exit(1);
}
