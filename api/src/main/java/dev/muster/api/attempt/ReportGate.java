package dev.muster.api.attempt;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.muster.api.access.Caller;
import dev.muster.api.access.Callers;
import dev.muster.api.edge.Refused;
import dev.muster.events.id.TaskId;
import dev.muster.events.id.WorkspaceId;
import dev.muster.events.sql.Rows;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.web.servlet.HandlerInterceptor;
import org.springframework.web.servlet.HandlerMapping;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/// Asks whose task a daemon's call is about before anybody reads it: of a large report, and of all
/// that a token says which is good for one daemon alone.
@Component
class ReportGate implements WebMvcConfigurer, HandlerInterceptor {
  /// A smaller one costs less than the question.
  private static final int SMALL_BYTES = 64 * 1024;

  private static final List<String> LARGE = List.of("/complete", "/fail", "/messages");
  private static final String NOT_FOUND = "task not found";

  /// What changes the task's state is asked about each time.
  private static final List<String> MOVES =
      List.of("/start", "/complete", "/fail", "/release", "/cancel-ack");

  private static final Duration REMEMBERED = Duration.ofSeconds(5);
  private static final int REMEMBERED_MAX = 20_000;

  private final JdbcClient db;
  private final AttemptIds ids;
  private final Callers callers;

  /// Which tasks were a token's own a moment ago: a task that runs is told about all the time.
  private final Cache<Own, Boolean> own =
      Caffeine.newBuilder().expireAfterWrite(REMEMBERED).maximumSize(REMEMBERED_MAX).build();

  private record Own(UUID token, String task) {}

  ReportGate(JdbcClient db, AttemptIds ids, Callers callers) {
    this.db = db;
    this.ids = ids;
    this.callers = callers;
  }

  @Override
  public void addInterceptors(InterceptorRegistry registry) {
    registry
        .addInterceptor(this)
        .addPathPatterns("/api/daemon/tasks/*/*", "/api/daemon/runtimes/*/tasks/*/*");
  }

  @Override
  public boolean preHandle(
      HttpServletRequest request, HttpServletResponse response, Object handler) {
    Caller.ofRequest().ifPresent(caller -> judge(caller, request));
    return true;
  }

  private void judge(Caller caller, HttpServletRequest request) {
    var path = request.getServletPath();
    if (isLargeReport(request, path)) {
      require(caller, id(request), path.substring(path.lastIndexOf('/') + 1));
    }
    if (caller.binding() != null) {
      requireOwn(caller, id(request), MOVES.stream().anyMatch(path::endsWith));
    }
  }

  private static boolean isLargeReport(HttpServletRequest request, String path) {
    var length = request.getContentLengthLong();
    return request.getMethod().equals("POST")
        && (length < 0 || length > SMALL_BYTES)
        && LARGE.stream().anyMatch(path::endsWith);
  }

  private static String id(HttpServletRequest request) {
    return request.getAttribute(HandlerMapping.URI_TEMPLATE_VARIABLES_ATTRIBUTE)
                instanceof Map<?, ?> variables
            && variables.get("id") instanceof String id
        ? id
        : "";
  }

  private void require(Caller caller, String id, String verb) {
    var workspace =
        ids.find(id)
            .flatMap(named ->
                db.sql("SELECT workspace_id FROM task WHERE id = :task")
                    .param("task", named.task().value())
                    .query(Rows.id())
                    .optional())
            .map(WorkspaceId::new);
    if (workspace.isEmpty()) {
      throw Refused.badRequest(verb + " task: no rows in result set");
    }
    if (!caller.isMember(workspace.get())) {
      throw Refused.notFound(NOT_FOUND);
    }
  }

  /// A task is the token's where its daemon runs it, was given it, or ran it last. One that no
  /// runtime has had is answered as for anybody.
  private void requireOwn(Caller caller, String id, boolean isMove) {
    var asked = new Own(caller.tokenId(), id);
    if (!isMove && own.getIfPresent(asked) != null) {
      return;
    }
    var daemons = ids.find(id).map(named -> daemons(named.task())).orElse(List.of());
    if (!daemons.isEmpty()
        && daemons.stream().noneMatch(caller::speaksFor)
        && daemons.stream().noneMatch(callers.withBinding(caller)::speaksFor)) {
      throw Refused.notFound(NOT_FOUND);
    }
    if (!daemons.isEmpty()) {
      own.put(asked, true);
    }
  }

  private List<String> daemons(TaskId task) {
    return db.sql(
            """
            SELECT r.daemon_id
              FROM task t
              JOIN runtime r ON r.id IN (t.runtime_id,
                   (SELECT a.runtime_id FROM task_attempt a
                     WHERE a.task_id = t.id ORDER BY a.claim_generation DESC LIMIT 1))
             WHERE t.id = :task
            """)
        .param("task", task.value())
        .query((row, _) -> row.getString("daemon_id"))
        .list();
  }
}
