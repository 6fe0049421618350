package dev.muster.api.edge;

import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.springframework.core.MethodParameter;
import org.springframework.stereotype.Component;
import org.springframework.web.bind.support.WebDataBinderFactory;
import org.springframework.web.context.request.NativeWebRequest;
import org.springframework.web.method.support.HandlerMethodArgumentResolver;
import org.springframework.web.method.support.ModelAndViewContainer;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DatabindException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.json.JsonMapper;

/// Reads [JsonBody] parameters.
@Component
class JsonBodyReader implements HandlerMethodArgumentResolver {
  private final JsonMapper json;
  private final Map<MethodParameter, Body> bodies = new ConcurrentHashMap<>();

  /// What a parameter says of its body, so that it need not be asked at each request.
  private record Body(ObjectReader reader, int maxBytes) {}

  JsonBodyReader(JsonMapper json) {
    this.json = json;
  }

  @Override
  public boolean supportsParameter(MethodParameter parameter) {
    return parameter.hasParameterAnnotation(JsonBody.class);
  }

  @Override
  public Object resolveArgument(
      MethodParameter parameter,
      @Nullable ModelAndViewContainer container,
      NativeWebRequest webRequest,
      @Nullable WebDataBinderFactory binders) {
    var request = webRequest.getNativeRequest(HttpServletRequest.class);
    if (request == null) {
      throw new IllegalStateException("no request for " + parameter);
    }
    var body = bodies.computeIfAbsent(parameter, this::described);
    return parse(text(request, body.maxBytes()), body.reader());
  }

  private Body described(MethodParameter parameter) {
    var annotation = parameter.getParameterAnnotation(JsonBody.class);
    if (annotation == null) {
      throw new IllegalStateException("not a body parameter: " + parameter);
    }
    var reader = json.readerFor(json.constructType(parameter.getGenericParameterType()));
    return new Body(
        annotation.whole() ? reader.with(DeserializationFeature.FAIL_ON_TRAILING_TOKENS) : reader,
        annotation.maxBytes());
  }

  private static Object parse(String body, ObjectReader reader) {
    try {
      Object value = reader.readValue(body);
      return value == null ? reader.readValue("{}") : value;
    } catch (DatabindException e) {
      throw invalid(e);
    } catch (JacksonException e) {
      throw Refused.badRequest("invalid request body");
    }
  }

  /// The seed's text, and which field it was.
  private static Refused invalid(DatabindException e) {
    var path = new StringBuilder();
    for (var reference : e.getPath()) {
      if (reference.getPropertyName() == null) {
        path.append('[').append(reference.getIndex()).append(']');
      } else {
        path.append(path.isEmpty() ? "" : ".").append(reference.getPropertyName());
      }
    }
    return path.isEmpty()
        ? Refused.badRequest("invalid request body")
        : Refused.wrongType(path.toString());
  }

  private static String text(HttpServletRequest request, int maxBytes) {
    if (request.getContentLengthLong() > maxBytes) {
      throw Refused.tooLarge(maxBytes);
    }
    var bytes = bytes(request, maxBytes + 1);
    if (bytes.length > maxBytes) {
      throw Refused.tooLarge(maxBytes);
    }
    return new String(bytes, StandardCharsets.UTF_8);
  }

  /// A body that ends too soon, or whose chunks are none, is the client's fault like any other bad
  /// body.
  private static byte[] bytes(HttpServletRequest request, int max) {
    try {
      return request.getInputStream().readNBytes(max);
    } catch (IOException e) {
      throw Refused.badRequest("invalid request body");
    }
  }
}
