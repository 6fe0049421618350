package dev.muster.api.server;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.mvc.method.RequestMappingInfo;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;

/// Spring's routes, of which most are left out at the first look at a path.
///
/// Spring tries each pattern with a variable on each request whose path is no route by itself, and
/// there are more than a hundred. What a pattern says before its first and after its last variable
/// tells nearly all of them apart.
final class RouteMapping extends RequestMappingHandlerMapping {
  private final Map<RequestMappingInfo, Ends[]> endsOf = new ConcurrentHashMap<>();

  /// What paths of a pattern begin and end with.
  record Ends(String begin, String end) {
    static Ends of(String pattern) {
      var first = pattern.indexOf('{');
      if (pattern.indexOf('*') >= 0 || pattern.indexOf('?') >= 0 || pattern.indexOf('\\') >= 0) {
        return new Ends("", "");
      }
      return first < 0
          ? new Ends(pattern, pattern)
          : new Ends(pattern.substring(0, first), pattern.substring(pattern.lastIndexOf('}') + 1));
    }

    boolean fit(String path) {
      return path.startsWith(begin) && path.endsWith(end);
    }
  }

  /// A request whose path is at hand: Spring keeps it in an attribute, below all wrappers.
  private static final class Looked extends HttpServletRequestWrapper {
    private final String path;

    Looked(HttpServletRequest request, String path) {
      super(request);
      this.path = path;
    }
  }

  @Override
  protected @Nullable HandlerMethod lookupHandlerMethod(String path, HttpServletRequest request)
      throws Exception {
    // An encoded path and one with parameters match what they stand for.
    var isPlain = path.indexOf('%') < 0 && path.indexOf(';') < 0;
    return super.lookupHandlerMethod(path, isPlain ? new Looked(request, path) : request);
  }

  @Override
  protected @Nullable RequestMappingInfo getMatchingMapping(
      RequestMappingInfo info, HttpServletRequest request) {
    return request instanceof Looked looked && !mayMatch(info, looked.path)
        ? null
        : super.getMatchingMapping(info, request);
  }

  private boolean mayMatch(RequestMappingInfo info, String path) {
    var ends = endsOf.get(info);
    if (ends == null) {
      ends = info.getPatternValues().stream().map(Ends::of).toArray(Ends[]::new);
      endsOf.put(info, ends);
    }
    for (var each : ends) {
      if (each.fit(path)) {
        return true;
      }
    }
    return false;
  }
}
