package dev.muster.api.task;

import dev.muster.api.access.Caller;
import dev.muster.api.attempt.AttemptIds;
import dev.muster.api.edge.Refused;
import dev.muster.events.id.WorkspaceId;
import dev.muster.events.sql.Rows;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.Map;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.stereotype.Component;
import org.springframework.web.servlet.HandlerInterceptor;
import org.springframework.web.servlet.HandlerMapping;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/// Asks whose task a large report is about before anybody reads it.
@Component
class ReportGate implements WebMvcConfigurer, HandlerInterceptor {
  /// A smaller one costs less than the question.
  private static final int SMALL_BYTES = 64 * 1024;

  private final JdbcClient db;
  private final AttemptIds ids;

  ReportGate(JdbcClient db, AttemptIds ids) {
    this.db = db;
    this.ids = ids;
  }

  @Override
  public void addInterceptors(InterceptorRegistry registry) {
    registry
        .addInterceptor(this)
        .addPathPatterns(
            "/api/daemon/tasks/*/complete",
            "/api/daemon/tasks/*/fail",
            "/api/daemon/tasks/*/messages");
  }

  @Override
  public boolean preHandle(
      HttpServletRequest request, HttpServletResponse response, Object handler) {
    var length = request.getContentLengthLong();
    var known = SecurityContextHolder.getContext().getAuthentication();
    if (request.getMethod().equals("POST")
        && (length < 0 || length > SMALL_BYTES)
        && known != null
        && known.getPrincipal() instanceof Caller caller) {
      var path = request.getServletPath();
      require(caller, id(request), path.substring(path.lastIndexOf('/') + 1));
    }
    return true;
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
      throw Refused.notFound("task not found");
    }
  }
}
