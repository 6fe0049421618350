package dev.muster.api.output;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.muster.events.id.TaskId;
import dev.muster.events.id.WorkspaceId;
import dev.muster.events.kafka.FeedClient;
import dev.muster.events.kafka.KafkaClients;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.context.annotation.DependsOn;
import org.springframework.stereotype.Component;

/// Tells what a running task says, to whoever watches. Best effort: with Kafka away it is dropped
/// and counted, and no request waits for it or fails by it.
@Component
@DependsOn("topicSetup")
public class ProgressPublisher implements DisposableBean {
  private static final Logger log = LoggerFactory.getLogger(ProgressPublisher.class);
  private static final Duration FIRST_LOOK_AT_MOST = Duration.ofSeconds(5);
  private static final Duration WORD_EVERY = Duration.ofSeconds(30);

  private final Producer<byte[], byte[]> producer;
  private final String topic;
  private final Counter dropped;
  private final AtomicLong nextWordNanos = new AtomicLong(System.nanoTime());

  ProgressPublisher(KafkaClients clients, MeterRegistry meters) {
    this.producer = new KafkaProducer<>(clients.producer(FeedClient.OUTPUT, "output"));
    this.topic = clients.names().output();
    this.dropped = meters.counter("muster.progress.dropped");
    learnPartitions();
  }

  /// Sends without waiting.
  public void publish(Progress progress) {
    send(Progress.TYPE, progress);
  }

  /// Sends without waiting.
  ///
  /// @param json a JSON object: `task_id`, `claim_generation`, `messages`
  public void publishMessages(TaskId task, WorkspaceId workspace, String json) {
    send(Progress.MESSAGES_TYPE, new Progress(workspace, task, null, null, json));
  }

  private void send(String type, Progress said) {
    var record =
        new ProducerRecord<>(
            topic, said.task().toString().getBytes(UTF_8), said.data().getBytes(UTF_8));
    said.headers(type, Instant.now()).forEach((name, value) -> record.headers().add(name, value));
    try {
      var _ = producer.send(record, (_, failure) -> sent(failure));
    } catch (KafkaException e) {
      sent(e);
    }
  }

  private void sent(@Nullable Exception failure) {
    if (failure == null) {
      return;
    }
    dropped.increment();
    var now = System.nanoTime();
    var next = nextWordNanos.get();
    if (now - next >= 0 && nextWordNanos.compareAndSet(next, now + WORD_EVERY.toNanos())) {
      log.atWarn()
          .addKeyValue("dropped", (long) dropped.count())
          .addKeyValue("reason", failure.getClass().getSimpleName())
          .log("Progress cannot be sent, and is dropped until it can");
    }
  }

  /// Sends block for so short a time that even the first must know the partitions already.
  private void learnPartitions() {
    var deadline = System.nanoTime() + FIRST_LOOK_AT_MOST.toNanos();
    while (System.nanoTime() - deadline < 0) {
      try {
        if (!producer.partitionsFor(topic).isEmpty()) {
          return;
        }
      } catch (KafkaException e) {
        log.atTrace().setCause(e).log("The partitions are not known yet");
      }
    }
  }

  @Override
  public void destroy() {
    producer.close(Duration.ofSeconds(1));
  }
}
