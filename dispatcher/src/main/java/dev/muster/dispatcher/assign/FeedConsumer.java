package dev.muster.dispatcher.assign;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.muster.events.Topics;
import dev.muster.events.id.WorkspaceId;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.kafka.annotation.KafkaListener;
import org.springframework.stereotype.Component;

/// Hears of changes. A record says only *look at this workspace*; a batch of records is one look
/// per workspace.
///
/// Records that come twice or late change nothing but the moment, and one that never comes is made
/// up for by the timer. So nothing is retried here, and a record that cannot be read is passed
/// over.
@Component
class FeedConsumer {
  private static final Logger log = LoggerFactory.getLogger(FeedConsumer.class);

  /// What can make a task assignable: it came back or is new, a slot became free, a runtime or an
  /// agent changed.
  private static final Set<String> REASONS_TO_LOOK =
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

  private final Assigner assigner;

  FeedConsumer(Assigner assigner) {
    this.assigner = assigner;
  }

  @KafkaListener(id = "muster-dispatcher", topics = Topics.EVENTS)
  void onRecords(List<ConsumerRecord<byte[], byte[]>> records) {
    var workspaces = new LinkedHashSet<WorkspaceId>();
    for (var record : records) {
      var type = record.headers().lastHeader("ce_type");
      if (type != null
          && record.key() != null
          && REASONS_TO_LOOK.contains(new String(type.value(), UTF_8))) {
        try {
          workspaces.add(new WorkspaceId(UUID.fromString(new String(record.key(), UTF_8))));
        } catch (IllegalArgumentException e) {
          log.atWarn()
              .addKeyValue("partition", record.partition())
              .addKeyValue("offset", record.offset())
              .log("A record's key is no workspace id");
        }
      }
    }
    workspaces.forEach(this::look);
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
