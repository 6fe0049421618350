package dev.muster.api.request;

import dev.muster.api.edge.JsonBody;
import dev.muster.api.edge.Limits;
import dev.muster.api.edge.Refused;
import dev.muster.api.edge.ServerMemory;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.Reader;
import java.io.StringReader;
import java.lang.reflect.Type;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.springframework.core.MethodParameter;
import org.springframework.stereotype.Component;
import org.springframework.web.bind.support.WebDataBinderFactory;
import org.springframework.web.context.request.NativeWebRequest;
import org.springframework.web.method.support.HandlerMethodArgumentResolver;
import org.springframework.web.method.support.ModelAndViewContainer;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonPointer;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.exc.InputCoercionException;
import tools.jackson.databind.DatabindException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.json.JsonMapper;

/// Reads [JsonBody] parameters.
@Component
public class JsonBodyReader implements HandlerMethodArgumentResolver {
  /// The attribute of a request that holds the text of a body that is no larger than most.
  public static final String TEXT = JsonBodyReader.class.getName();

  /// What a byte of a body becomes: itself, the text it is part of, the value it is parsed to.
  private static final long BYTES_IN_MEMORY = 4;

  /// Of a body whose texts are cut: a few of them at their longest.
  private static final int CUT_BYTES = 4 * Limits.OUTPUT;

  private final JsonMapper json;
  private final ServerMemory memory;

  JsonBodyReader(JsonMapper json, ServerMemory memory) {
    this.json = json;
    this.memory = memory;
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
    var annotation = parameter.getParameterAnnotation(JsonBody.class);
    var request = webRequest.getNativeRequest(HttpServletRequest.class);
    if (annotation == null || request == null) {
      throw new IllegalStateException("not a body parameter: " + parameter);
    }
    var type = parameter.getGenericParameterType();
    var reader = json.readerFor(json.constructType(type));
    if (RouteOwner.isStrict(request)) {
      var text = withoutMark(utf8(whole(request, annotation.maxBytes())));
      request.setAttribute(TEXT, text);
      return strict(text, reader, type);
    }
    var wanted =
        annotation.whole() ? reader.with(DeserializationFeature.FAIL_ON_TRAILING_TOKENS) : reader;
    if (annotation.maxBytes() > Limits.BODY_BYTES) {
      return cut(request, annotation, wanted);
    }
    var text = new String(whole(request, annotation.maxBytes()), StandardCharsets.UTF_8);
    request.setAttribute(TEXT, text);
    return parse(text, wanted);
  }

  /// A byte order mark says nothing in UTF-8, and may be passed over (RFC 8259, 8.1).
  private static String withoutMark(String text) {
    return text.startsWith("\uFEFF") ? text.substring(1) : text;
  }

  /// What is not known, or given twice, is looked for once something is: most bodies are read once.
  private Object strict(String body, ObjectReader reader, Type type) {
    try {
      var value =
          read(
              new StringReader(body),
              reader
                  .with(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                  .with(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                  .with(StreamReadFeature.STRICT_DUPLICATE_DETECTION));
      if (value == null) {
        throw Refused.badRequest("the body is null: send an object");
      }
      return value;
    } catch (Refused refused) {
      var unknown = new Unknown();
      KnownMembers.check(tree(body, refused), type, unknown);
      unknown.refuse();
      RepeatedMembers.first(json, body)
          .ifPresent(path -> {
            throw Refused.invalid(path, "is given more than once");
          });
      throw refused;
    }
  }

  private JsonNode tree(String body, Refused otherwise) {
    try {
      return json.readTree(body);
    } catch (JacksonException e) {
      throw otherwise;
    }
  }

  private static Object parse(String body, ObjectReader reader) {
    return parse(new StringReader(body), reader);
  }

  private static Object parse(Reader body, ObjectReader reader) {
    var value = read(body, reader);
    return value == null ? reader.readValue("{}") : value;
  }

  private static @Nullable Object read(Reader body, ObjectReader reader) {
    try {
      return reader.readValue(body);
    } catch (DatabindException e) {
      throw invalid(e);
    } catch (InputCoercionException e) {
      throw Refused.outOfRange(path(e.processor().streamReadContext().pathAsPointer()));
    } catch (JacksonException e) {
      throw Refused.badRequest("invalid request body");
    }
  }

  /// `usage[0].input_tokens`.
  private static String path(JsonPointer pointer) {
    var path = new StringBuilder();
    for (var at = pointer; !at.matches(); at = at.tail()) {
      if (at.mayMatchElement()) {
        path.append('[').append(at.getMatchingIndex()).append(']');
      } else {
        path.append(path.isEmpty() ? "" : ".").append(at.getMatchingProperty());
      }
    }
    return path.toString();
  }

  /// Reads a body that may be large while it comes: of each text only what is kept of it.
  private Object cut(HttpServletRequest request, JsonBody annotation, ObjectReader reader) {
    try {
      var body = RequestBody.of(request, annotation.maxBytes());
      takeMemory(request, annotation.manyTexts() ? annotation.maxBytes() : CUT_BYTES);
      var texts = new CutTexts(new InputStreamReader(body, StandardCharsets.UTF_8), Limits.OUTPUT);
      var value = parse(texts, reader);
      body.transferTo(OutputStream.nullOutputStream());
      return value;
    } catch (IOException e) {
      throw Refused.badRequest("invalid request body");
    }
  }

  private void takeMemory(HttpServletRequest request, int max) {
    var length = request.getContentLengthLong();
    if (length < 0 || length > ServerMemory.FREE_BYTES) {
      memory.take(request, (length < 0 ? max : Math.min(length, max)) * BYTES_IN_MEMORY);
    }
  }

  /// A body that ends too soon, or whose chunks are none, is the client's fault like any other bad
  /// body.
  private byte[] whole(HttpServletRequest request, int maxBytes) {
    try {
      var body = RequestBody.of(request, maxBytes);
      takeMemory(request, maxBytes);
      return body.readAllBytes();
    } catch (IOException e) {
      throw Refused.badRequest("invalid request body");
    }
  }

  /// What is in another encoding would be kept with its letters lost. Multica's server does that,
  /// and so do the routes of its clients.
  private static String utf8(byte[] body) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(body)).toString();
    } catch (CharacterCodingException e) {
      throw Refused.badRequest("invalid request body: it is not UTF-8");
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
}
