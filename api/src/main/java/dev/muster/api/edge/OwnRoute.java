package dev.muster.api.edge;

import jakarta.servlet.http.HttpServletRequest;
import org.springframework.web.context.request.RequestAttributes;
import org.springframework.web.context.request.RequestContextHolder;

/// Whether the request that is answered came by one of Muster's own routes.
public final class OwnRoute {
  private static final String ATTRIBUTE = "dev.muster.own-route";

  private OwnRoute() {}

  public static void note(HttpServletRequest request) {
    request.setAttribute(ATTRIBUTE, true);
  }

  static boolean isAnswering() {
    var request = RequestContextHolder.getRequestAttributes();
    return request != null
        && request.getAttribute(ATTRIBUTE, RequestAttributes.SCOPE_REQUEST) != null;
  }
}
