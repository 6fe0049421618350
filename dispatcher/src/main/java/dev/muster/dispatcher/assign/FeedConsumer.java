package dev.muster.dispatcher.assign;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.muster.dispatcher.webhook.WebhookTimer;
import dev.muster.events.FeedNames;
import dev.muster.events.feed.ConsumerProgress;
import dev.muster.events.feed.PoisonRecord;
import dev.muster.events.feed.PoisonRecords;
import dev.muster.events.id.WorkspaceId;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.InstantSource;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.kafka.annotation.KafkaListener;
import org.springframework.stereotype.Component;

/// Hears of changes. A record says only *look at this workspace*; a batch of records is one look
/// per workspace.
///
/// Records that come twice or late change nothing but the moment, and one that never comes is made
/// up for by the timer. So nothing is retried here, and a record that cannot be read goes to the
/// dead letters before the place after it is committed.
@Component
class FeedConsumer {
  private static final Logger log = LoggerFactory.getLogger(FeedConsumer.class);

  /// What the consumer is called where it is counted, and where it could not take a record. Its
  /// group has the prefix of the installation.
  static final String NAME = "muster-dispatcher";

  /// What can make a task assignable: it came back or is new, a slot became free, a runtime or an
  /// agent changed.
  static final Set<String> REASONS_TO_LOOK =
      Set.of(
          "dev.muster.task.queued",
          "dev.muster.task.requeued",
          "dev.muster.task.ready",
          "dev.muster.task.completed",
          "dev.muster.task.failed",
          "dev.muster.task.cancelled",
          "dev.muster.runtime.registered",
          "dev.muster.runtime.online",
          "dev.muster.runtime.updated",
          "dev.muster.agent.updated",
          "dev.muster.budget.updated");

  private final String redriven;
  private final Assigner assigner;
  private final PoisonRecords poisonRecords;
  private final WebhookTimer webhooks;
  private final ConsumerProgress progress;
  private final @Nullable LookSpans spans;

  FeedConsumer(
      FeedNames names,
      Assigner assigner,
      WebhookTimer webhooks,
      PoisonRecords poisonRecords,
      MeterRegistry meters,
      ObjectProvider<LookSpans> spans) {
    this.redriven = names.redriven();
    this.assigner = assigner;
    this.webhooks = webhooks;
    this.poisonRecords = poisonRecords;
    this.spans = spans.getIfAvailable();
    this.progress = new ConsumerProgress(NAME, InstantSource.system(), meters);
  }

  @KafkaListener(
      id = NAME,
      groupId = "#{feedNames.dispatchers()}",
      topics = {"#{feedNames.events()}", "#{feedNames.redriven()}"},
      batch = "true")
  void onRecords(List<ConsumerRecord<byte[], byte[]>> records, Consumer<?, ?> consumer) {
    progress.begins(records);
    webhooks.wake();
    take(records);
    progress.ends(records, consumer);
  }

  private void take(List<ConsumerRecord<byte[], byte[]>> records) {
    var workspaces = new LinkedHashSet<WorkspaceId>();
    var poison = false;
    for (var record : records) {
      if (isForSomebodyElse(record)) {
        continue;
      }
      try {
        reasonToLook(record).ifPresent(workspaces::add);
      } catch (IllegalArgumentException e) {
        poisonRecords.add(record, NAME, e);
        poison = true;
      }
    }
    if (poison) {
      poisonRecords.flush();
    }
    if (spans == null) {
      workspaces.forEach(this::look);
    } else {
      workspaces.forEach(workspace -> spans.during(workspace, records, () -> look(workspace)));
    }
  }

  private boolean isForSomebodyElse(ConsumerRecord<byte[], byte[]> record) {
    return record.topic().equals(redriven)
        && PoisonRecord.read(record.headers()).filter(letter -> letter.isFor(NAME, null)).isEmpty();
  }

  private static Optional<WorkspaceId> reasonToLook(ConsumerRecord<byte[], byte[]> record) {
    var type = record.headers().lastHeader("ce_type");
    if (type == null || record.key() == null) {
      throw new IllegalArgumentException("the record has no type or no key");
    }
    var workspace = new WorkspaceId(UUID.fromString(new String(record.key(), UTF_8)));
    return REASONS_TO_LOOK.contains(new String(type.value(), UTF_8))
        ? Optional.of(workspace)
        : Optional.empty();
  }

  private void look(WorkspaceId workspace) {
    try {
      assigner.look(workspace);
    } catch (RuntimeException e) {
      log.atWarn()
          .setCause(e)
          .addKeyValue("workspace", workspace)
          .log("Looking at a workspace failed; the timer will");
    }
  }
}
