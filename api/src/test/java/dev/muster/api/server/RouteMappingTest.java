package dev.muster.api.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.muster.api.server.RouteMapping.Ends;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServletMapping;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.MappingMatch;
import java.lang.reflect.Proxy;
import java.util.Collections;
import java.util.HashMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.stereotype.Controller;
import org.springframework.web.HttpRequestMethodNotSupportedException;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.context.support.StaticWebApplicationContext;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.util.ServletRequestPathUtils;

/// A path finds the route that Spring would find by trying all.
class RouteMappingTest {
  @Controller
  static class Routes {
    @GetMapping("/tasks/{id}")
    void task() {}

    @PostMapping("/tasks/{id}/start")
    void start() {}

    @PostMapping({"/tasks/{id}/complete", "/daemon/tasks/{id}/complete"})
    void complete() {}

    @GetMapping("/tasks/search")
    void search() {}

    @GetMapping("/{kind}/{id}/of/{more}")
    void more() {}

    @GetMapping("/files/{*path}")
    void file() {}

    @GetMapping("/pages/p?ge-*")
    void page() {}
  }

  private static final HttpServletMapping DEFAULT_SERVLET =
      (HttpServletMapping)
          Proxy.newProxyInstance(
              RouteMappingTest.class.getClassLoader(),
              new Class<?>[] {HttpServletMapping.class},
              (_, called, _) ->
                  called.getName().equals("getMappingMatch") ? MappingMatch.DEFAULT : "");

  private final RouteMapping routes = routes();

  private static RouteMapping routes() {
    var context = new StaticWebApplicationContext();
    context.registerSingleton("routes", Routes.class);
    context.refresh();
    var mapping = new RouteMapping();
    mapping.setApplicationContext(context);
    mapping.afterPropertiesSet();
    return mapping;
  }

  /// What a mapping asks of a request, and nothing else.
  private static HttpServletRequest request(String method, String path) {
    var attributes = new HashMap<Object, Object>();
    return (HttpServletRequest)
        Proxy.newProxyInstance(
            RouteMappingTest.class.getClassLoader(),
            new Class<?>[] {HttpServletRequest.class},
            (_, called, arguments) ->
                switch (called.getName()) {
                  case "getMethod" -> method;
                  case "getRequestURI" -> path;
                  case "getContextPath", "getServletPath" -> "";
                  case "getDispatcherType" -> DispatcherType.REQUEST;
                  case "getAttribute" -> attributes.get(arguments[0]);
                  case "setAttribute" -> attributes.put(arguments[0], arguments[1]);
                  case "removeAttribute" -> attributes.remove(arguments[0]);
                  case "getHeaders" -> Collections.emptyEnumeration();
                  case "getHttpServletMapping" -> DEFAULT_SERVLET;
                  case "getHeader", "getContentType", "getQueryString" -> null;
                  default -> throw new AssertionError("a mapping asked for " + called.getName());
                });
  }

  private @Nullable String route(String method, String path) throws Exception {
    var request = request(method, path);
    ServletRequestPathUtils.parseAndCache(request);
    var found = routes.getHandler(request);
    return found == null ? null : ((HandlerMethod) found.getHandler()).getMethod().getName();
  }

  @ParameterizedTest
  @CsvSource({
    "GET,  /tasks/1,                   task",
    "GET,  /tasks/search,              search",
    "POST, /tasks/1/start,             start",
    "POST, /tasks/1/complete,          complete",
    "POST, /daemon/tasks/1/complete,   complete",
    "POST, /tasks/1/c%6Fmplete,        complete",
    "POST, /tasks/%2e/start,           start",
    "POST, /tasks/1;v=2/start;w=3,     start",
    "GET,  /a/b/of/c,                  more",
    "GET,  /files/a/b/c,               file",
    "GET,  /files,                     file",
    "GET,  /pages/page-1,              page",
    "GET,  /tasks/1/,                  ",
    "GET,  /tasks,                     ",
    "GET,  /tasks/1/of,                ",
    "GET,  /Tasks/1,                   ",
  })
  void aPathFindsItsRoute(String method, String path, @Nullable String route) throws Exception {
    assertThat(route(method, path)).isEqualTo(route);
  }

  @Test
  void aPathWithAnotherMethodIsRefusedForTheMethod() {
    assertThatThrownBy(() -> route("DELETE", "/tasks/1/start"))
        .isInstanceOfSatisfying(
            HttpRequestMethodNotSupportedException.class,
            refused -> assertThat(refused.getSupportedMethods()).containsExactly("POST"));
  }

  @ParameterizedTest
  @CsvSource({
    "/tasks/{id}/start, /tasks/, /start",
    "/tasks/{id},       /tasks/, ''",
    "/tasks,            /tasks,  /tasks",
    "/a/{b}/c/{d}/e,    /a/,     /e",
    "/files/{*path},    '',      ''",
    "/a/*/b,            '',      ''",
    "/a/{b:[0-9]+}/c,   /a/,     /c",
  })
  void aPatternHasEnds(String pattern, String begin, String end) {
    assertThat(Ends.of(pattern)).isEqualTo(new Ends(begin, end));
  }
}
