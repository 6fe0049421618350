package dev.muster.events.feed;

import dev.muster.events.trace.TraceContext;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;

/// Where tasks came from, as far as that was traced.
public final class TaskTraces {
  private final JdbcClient db;

  public TaskTraces(JdbcClient db) {
    this.db = db;
  }

  public Map<UUID, TraceContext> of(Collection<UUID> tasks) {
    var found = new HashMap<UUID, TraceContext>();
    db.sql("SELECT task_id, traceparent, tracestate FROM task_trace WHERE task_id = ANY (:tasks)")
        .param("tasks", tasks.toArray(UUID[]::new))
        .query((row, _) ->
            found.put(
                row.getObject("task_id", UUID.class),
                new TraceContext(row.getString("traceparent"), row.getString("tracestate"))))
        .list();
    return Map.copyOf(found);
  }
}
