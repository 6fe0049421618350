package dev.muster.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Postgres decides, Kafka tells: without Kafka everything goes on, and is told later.
@Tag("faults")
class KafkaAwayTest {
  private @TempDir Path directory = Path.of("");

  @Test
  void withoutKafkaTasksAreMadeAssignedAndDoneAndToldWhenItIsBack() throws Exception {
    Seed.of(KafkaAwayTest.class);
    var size = FaultSize.get();
    try (var cluster = Cluster.start(directory, 1, 1);
        var load = new Load(cluster.clients(), cluster.clients(), cluster.servers(), size)) {
      var api = cluster.clients().getFirst();
      var anyRuntime =
          Api.id(
              api.post(
                      "/api/agents?workspace_id=" + load.workspace(),
                      "{\"name\":\"Any\",\"provider\":\"claude\",\"max_concurrent_tasks\":4}")
                  .ok());
      load.guarantees().limit(anyRuntime, 4);
      load.make(size.tasks() / 2);
      load.awaitEnds();

      cluster.broker().stop();
      // Only the dispatcher chooses a runtime for these, and it hears of nothing.
      for (var i = 0; i < 10; i++) {
        load.make(anyRuntime);
      }
      load.make(size.tasks() / 2);
      load.awaitEnds();
      cluster.broker().start();

      assertThat(load.check()).containsOnlyKeys("task.completed").containsValue(size.tasks() + 10L);
    }
  }
}
