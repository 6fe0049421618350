package dev.muster.api.audit;

import dev.muster.api.access.Caller;
import dev.muster.api.access.WorkspaceAccess;
import dev.muster.api.edge.Input;
import dev.muster.api.request.JsonBodyReader;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import org.springframework.web.servlet.HandlerInterceptor;
import org.springframework.web.servlet.HandlerMapping;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/// Writes each change to the audit log: before it is made, so that none is missing there, and how
/// it was answered afterwards. A process that dies in between leaves an entry without an answer.
@Component
class AuditInterceptor implements WebMvcConfigurer, HandlerInterceptor {
  private static final Logger log = LoggerFactory.getLogger(AuditInterceptor.class);
  private static final String ENTRY = AuditInterceptor.class.getName();
  private static final int REFUSED = 400;
  private static final int FAILED = 500;
  private static final int MEMBERS_MAX = 50;

  private final AuditLog audit;
  private final JsonMapper json;

  AuditInterceptor(AuditLog audit, JsonMapper json) {
    this.audit = audit;
    this.json = json;
  }

  @Override
  public void addInterceptors(InterceptorRegistry registry) {
    registry.addInterceptor(this);
  }

  @Override
  public boolean preHandle(
      HttpServletRequest request, HttpServletResponse response, Object handler) {
    var pattern = request.getAttribute(HandlerMapping.BEST_MATCHING_PATTERN_ATTRIBUTE);
    var action = request.getMethod() + " " + pattern;
    var route = AuditedRoutes.of(action);
    var caller = route.flatMap(_ -> Caller.ofRequest());
    if (route.isPresent() && caller.isPresent()) {
      var isOfWorkspace = route.get() == AuditedRoutes.WORKSPACE;
      var named = variable(request, "id");
      var change =
          new AuditLog.Change(
              route.get(),
              action,
              isOfWorkspace ? named : workspace(request),
              isOfWorkspace ? part(request) : named,
              request.getRemoteAddr(),
              requestId(response));
      audit.begin(caller.get(), change).ifPresent(id -> request.setAttribute(ENTRY, id));
    }
    return true;
  }

  /// What of a workspace a path names.
  private static @Nullable UUID part(HttpServletRequest request) {
    var member = variable(request, "memberId");
    return member == null ? variable(request, "token") : member;
  }

  private static @Nullable UUID variable(HttpServletRequest request, String name) {
    var variables = request.getAttribute(HandlerMapping.URI_TEMPLATE_VARIABLES_ATTRIBUTE);
    return variables instanceof Map<?, ?> map && map.get(name) instanceof String text
        ? Input.lenientId(text).orElse(null)
        : null;
  }

  private static @Nullable UUID workspace(HttpServletRequest request) {
    var named = WorkspaceAccess.named(request);
    return named == null ? null : Input.lenientId(named).orElse(null);
  }

  private static String requestId(HttpServletResponse response) {
    var id = response.getHeader("X-Request-ID");
    return id == null ? "" : id;
  }

  @Override
  public void afterCompletion(
      HttpServletRequest request,
      HttpServletResponse response,
      Object handler,
      @Nullable Exception failure) {
    if (!(request.getAttribute(ENTRY) instanceof Long id)) {
      return;
    }
    var status = response.getStatus();
    try {
      if (status >= REFUSED && status < FAILED) {
        audit.discard(id);
      } else {
        audit.end(id, status, made(response), members(request));
      }
    } catch (RuntimeException e) {
      // The change is made and answered. Its entry says that somebody asked for it.
      log.atWarn()
          .addKeyValue("entry", id)
          .setCause(e)
          .log("An answer is missing in the audit log");
    }
  }

  private static @Nullable UUID made(HttpServletResponse response) {
    var location = response.getHeader("Location");
    return location == null
        ? null
        : Input.lenientId(location.substring(location.lastIndexOf('/') + 1)).orElse(null);
  }

  private List<String> members(HttpServletRequest request) {
    if (!(request.getAttribute(JsonBodyReader.TEXT) instanceof String text)) {
      return List.of();
    }
    try {
      return json.readTree(text).propertyNames().stream().limit(MEMBERS_MAX).sorted().toList();
    } catch (JacksonException e) {
      return List.of();
    }
  }
}
