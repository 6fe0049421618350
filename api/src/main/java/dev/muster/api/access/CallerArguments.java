package dev.muster.api.access;

import dev.muster.api.edge.Input;
import dev.muster.api.edge.Refused;
import dev.muster.events.id.WorkspaceId;
import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;
import org.springframework.core.MethodParameter;
import org.springframework.stereotype.Component;
import org.springframework.web.bind.support.WebDataBinderFactory;
import org.springframework.web.context.request.NativeWebRequest;
import org.springframework.web.method.support.HandlerMethodArgumentResolver;
import org.springframework.web.method.support.ModelAndViewContainer;

/// Gives controllers their [Caller] or [WorkspaceAccess].
@Component
class CallerArguments implements HandlerMethodArgumentResolver {
  @Override
  public boolean supportsParameter(MethodParameter parameter) {
    return parameter.getParameterType() == Caller.class
        || parameter.getParameterType() == WorkspaceAccess.class;
  }

  @Override
  public Object resolveArgument(
      MethodParameter parameter,
      @Nullable ModelAndViewContainer container,
      NativeWebRequest request,
      @Nullable WebDataBinderFactory binders) {
    var caller = Caller.ofRequest().orElseThrow(Refused::unauthenticated);
    return parameter.getParameterType() == Caller.class ? caller : access(caller, request);
  }

  private static WorkspaceAccess access(Caller caller, NativeWebRequest request) {
    var http = request.getNativeRequest(HttpServletRequest.class);
    var named = http == null ? null : WorkspaceAccess.named(http);
    if (named == null || named.isEmpty()) {
      throw Refused.invalid("workspace_id", "is required");
    }
    var workspace =
        Input.lenientId(named)
            .map(WorkspaceId::new)
            .orElseThrow(() -> Refused.notFound("workspace not found"));
    return new WorkspaceAccess(
        caller, workspace, caller.memberOf(workspace, "workspace not found"));
  }
}
