package dev.muster.api.request;

import dev.muster.api.edge.JsonBody;
import dev.muster.api.edge.Limits;
import dev.muster.api.edge.OwnRoute;
import dev.muster.api.edge.Refused;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.springframework.core.MethodParameter;
import org.springframework.stereotype.Component;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.HandlerInterceptor;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Refuses on Muster's own routes what a query has and the route does not read, and a body's
/// members where none is read; and on all routes, a NUL in a query.
@Component
class StrictRequests implements WebMvcConfigurer, HandlerInterceptor {
  private final JsonMapper json;
  private final Map<HandlerMethod, Known> known = new ConcurrentHashMap<>();

  StrictRequests(JsonMapper json) {
    this.json = json;
  }

  /// What a route reads.
  private record Known(Set<String> parameters, boolean mayBeEmpty, boolean body) {
    static Known of(HandlerMethod handler) {
      var parameters = new TreeSet<String>();
      addAll(parameters, handler.getMethodAnnotation(KnownParameters.class));
      for (var parameter : handler.getMethodParameters()) {
        addAll(parameters, parameter.getParameterType().getAnnotation(KnownParameters.class));
        var named = parameter.getParameterAnnotation(RequestParam.class);
        if (named != null) {
          parameters.add(named.name().isEmpty() ? name(parameter) : named.name());
        }
      }
      var named = handler.getMethodAnnotation(KnownParameters.class);
      return new Known(
          parameters,
          named != null && named.mayBeEmpty(),
          Arrays.stream(handler.getMethodParameters())
              .anyMatch(parameter -> parameter.hasParameterAnnotation(JsonBody.class)));
    }

    private static void addAll(Set<String> parameters, @Nullable KnownParameters more) {
      if (more != null) {
        parameters.addAll(Set.of(more.value()));
      }
    }

    private static String name(MethodParameter parameter) {
      return Objects.requireNonNull(
          parameter.getParameter().getName(), "compiled without -parameters");
    }
  }

  @Override
  public void addInterceptors(InterceptorRegistry registry) {
    registry.addInterceptor(this);
  }

  @Override
  public boolean preHandle(
      HttpServletRequest request, HttpServletResponse response, Object handler) {
    if (!(handler instanceof HandlerMethod method)) {
      return true;
    }
    requireNoNul(request.getQueryString());
    if (RouteOwner.isStrict(request)) {
      OwnRoute.note(request);
      var reads = known.computeIfAbsent(method, Known::of);
      requireKnown(request.getQueryString(), reads);
      if (!reads.body() && request.getContentLengthLong() != 0) {
        requireNoMembers(request);
      }
    }
    return true;
  }

  /// Postgres holds no text with a NUL in it, so nothing can be found by one.
  private static void requireNoNul(@Nullable String query) {
    if (query == null || !query.contains("%00")) {
      return;
    }
    var parts = Arrays.stream(query.split("&")).filter(part -> part.contains("%00"));
    parts
        .findFirst()
        .ifPresent(part -> {
          throw Refused.invalid(decoded(part.split("=", 2)[0]), "has a NUL in it");
        });
  }

  private static void requireKnown(@Nullable String query, Known reads) {
    if (query == null || query.isEmpty()) {
      return;
    }
    var unknown = new Unknown();
    var names = names(query);
    names.stream()
        .filter(name -> !reads.parameters().contains(name))
        .distinct()
        .forEach(name -> unknown.add("", name, reads.parameters()));
    unknown.refuse();
    if (!reads.mayBeEmpty()) {
      requireValues(query);
    }
    var seen = new HashSet<String>();
    names.stream()
        .filter(name -> !seen.add(name))
        .findFirst()
        .ifPresent(name -> {
          throw Refused.invalid(name, "is given more than once");
        });
  }

  /// An empty value is a variable that was not set, more often than the wish for everything.
  private static void requireValues(String query) {
    for (var part : query.split("&", -1)) {
      var value = part.split("=", 2);
      if (!part.isEmpty() && (value.length < 2 || decoded(value[1]).isBlank())) {
        throw Refused.invalid(decoded(value[0]), "is empty: give it a value, or leave it out");
      }
    }
  }

  private static List<String> names(String query) {
    return Arrays.stream(query.split("&"))
        .filter(part -> !part.isEmpty())
        .map(part -> decoded(part.split("=", 2)[0]))
        .toList();
  }

  private static String decoded(String name) {
    try {
      return URLDecoder.decode(name, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw Refused.badRequest("a query parameter is not properly encoded");
    }
  }

  /// A body that is no JSON says nothing, and clients that send one with every request are let be.
  private void requireNoMembers(HttpServletRequest request) {
    var unknown = new Unknown();
    try (var body = RequestBody.of(request, Limits.BODY_BYTES)) {
      json.readValue(body, JsonNode.class)
          .properties()
          .forEach(member -> unknown.add("", member.getKey(), Set.of()));
    } catch (JacksonException | IOException e) {
      return;
    }
    unknown.refuse();
  }
}
