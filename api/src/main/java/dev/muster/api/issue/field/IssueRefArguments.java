package dev.muster.api.issue.field;

import dev.muster.api.access.Caller;
import dev.muster.api.access.WorkspaceAccess;
import dev.muster.api.edge.Refused;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.core.MethodParameter;
import org.springframework.stereotype.Component;
import org.springframework.web.bind.support.WebDataBinderFactory;
import org.springframework.web.context.request.NativeWebRequest;
import org.springframework.web.method.support.HandlerMethodArgumentResolver;
import org.springframework.web.method.support.ModelAndViewContainer;
import org.springframework.web.servlet.HandlerMapping;

/// Gives controllers the [IssueRef] of the path's `{id}`.
@Component
class IssueRefArguments implements HandlerMethodArgumentResolver {
  @Override
  public boolean supportsParameter(MethodParameter parameter) {
    return parameter.getParameterType() == IssueRef.class;
  }

  @Override
  public Object resolveArgument(
      MethodParameter parameter,
      @Nullable ModelAndViewContainer container,
      NativeWebRequest webRequest,
      @Nullable WebDataBinderFactory binders) {
    var caller = Caller.ofRequest().orElseThrow(Refused::unauthenticated);
    var request = webRequest.getNativeRequest(HttpServletRequest.class);
    if (request == null) {
      throw Refused.unauthenticated();
    }
    return IssueRef.of(caller, id(request), WorkspaceAccess.named(request));
  }

  private static String id(HttpServletRequest request) {
    var variables = request.getAttribute(HandlerMapping.URI_TEMPLATE_VARIABLES_ATTRIBUTE);
    return variables instanceof Map<?, ?> path && path.get("id") instanceof String id ? id : "";
  }
}
