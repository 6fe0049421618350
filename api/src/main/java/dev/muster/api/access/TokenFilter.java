package dev.muster.api.access;

import dev.muster.api.edge.Problems;
import dev.muster.api.edge.Refused;
import dev.muster.api.edge.ServerMemory;
import dev.muster.api.server.OpenConnection;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataAccessException;
import org.springframework.http.HttpHeaders;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.web.authentication.preauth.PreAuthenticatedAuthenticationToken;
import org.springframework.web.filter.OncePerRequestFilter;
import org.springframework.web.servlet.HandlerExceptionResolver;

/// Lets a request pass that carries a valid token, and says who makes it.
final class TokenFilter extends OncePerRequestFilter {
  private final Callers callers;
  private final Problems problems;
  private final HandlerExceptionResolver exceptions;

  TokenFilter(Callers callers, Problems problems, HandlerExceptionResolver exceptions) {
    this.callers = callers;
    this.problems = problems;
    this.exceptions = exceptions;
  }

  @Override
  protected boolean shouldNotFilter(HttpServletRequest request) {
    return SecurityConfiguration.isOpen(request);
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    try {
      var caller = caller(request.getHeader(HttpHeaders.AUTHORIZATION), request.getRemoteAddr());
      requirePermitted(caller, request.getMethod(), request.getServletPath());
      OpenConnection.signedIn();
      ServerMemory.countFor(request, caller.user().toString());
      var context = SecurityContextHolder.createEmptyContext();
      context.setAuthentication(new PreAuthenticatedAuthenticationToken(caller, "", List.of()));
      SecurityContextHolder.setContext(context);
    } catch (Refused refused) {
      problems.write(response, refused);
      return;
    } catch (DataAccessException e) {
      exceptions.resolveException(request, response, null, e);
      return;
    }
    chain.doFilter(request, response);
  }

  /// A daemon's routes know no task tokens at all, so that a daemon which sends one by mistake
  /// hears what is wrong.
  private static void requirePermitted(Caller caller, String method, String path) {
    var work = caller.work();
    if (work != null && path.startsWith(TaskRoutes.OF_DAEMONS)) {
      throw Refused.unauthorized("invalid token");
    }
    if (work == null
        ? !caller.scope().permits(method, path)
        : !TaskRoutes.permits(work, method, path)) {
      throw Refused.forbidden();
    }
  }

  private Caller caller(@Nullable String header, String address) {
    if (header == null || header.isEmpty()) {
      throw Refused.unauthenticated();
    }
    var token =
        Bearer.token(header)
            .orElseThrow(() -> Refused.unauthorized("invalid authorization format"));
    return callers.find(token, address).orElseThrow(() -> Refused.unauthorized("invalid token"));
  }
}
