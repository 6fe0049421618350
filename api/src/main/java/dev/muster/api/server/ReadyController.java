package dev.muster.api.server;

import dev.muster.events.feed.Loop;
import dev.muster.events.feed.StoppedConsumers;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.dao.DataAccessException;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/// Says whether the api can do its work: the database answers, and each of its threads lives. A
/// balancer asks it where to send requests; a restart is not what helps. Consumers that cannot go
/// on are named and keep no requests away, which are served without them.
@RestController
class ReadyController {
  private static final Duration FRESH = Duration.ofSeconds(1);

  private final ObjectProvider<Loop> loops;
  private final JdbcClient db;
  private final MeterRegistry meters;
  // Guarded by the object's lock.
  private boolean answers;
  private long askedAt = System.nanoTime() - FRESH.toNanos();

  ReadyController(ObjectProvider<Loop> loops, JdbcClient db, MeterRegistry meters) {
    this.meters = meters;
    this.loops = loops;
    this.db = db;
  }

  @GetMapping("/ready")
  ResponseEntity<Map<String, Object>> ready() {
    var dead = dead(loops.stream().toList());
    var database = databaseAnswers();
    var isReady = dead.isEmpty() && database;
    var answer = new LinkedHashMap<String, Object>();
    answer.put("status", isReady ? "ready" : "not ready");
    answer.put("database", database ? "ok" : "does not answer");
    answer.put("dead_threads", dead);
    answer.put("stopped_consumers", StoppedConsumers.names(meters));
    return ResponseEntity.status(isReady ? HttpStatus.OK : HttpStatus.SERVICE_UNAVAILABLE)
        .body(answer);
  }

  private static List<String> dead(List<Loop> all) {
    return all.stream().filter(loop -> !loop.isAlive()).map(Loop::name).toList();
  }

  private synchronized boolean databaseAnswers() {
    if (System.nanoTime() - askedAt >= FRESH.toNanos()) {
      try {
        answers = db.sql("SELECT 1").query(Integer.class).single() == 1;
      } catch (DataAccessException e) {
        answers = false;
      }
      askedAt = System.nanoTime();
    }
    return answers;
  }
}
