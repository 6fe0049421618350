package dev.muster.standalone.reference;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.web.filter.OncePerRequestFilter;
import org.springframework.web.servlet.HandlerMapping;

/// Holds what each api in a JVM of tests is asked and answers against the document, whoever its
/// clients are.
final class Recorder extends OncePerRequestFilter {
  private static final AsDocumented DOCUMENT = new AsDocumented(OpenApi.published());
  private static final Queue<String> BROKEN = new ConcurrentLinkedQueue<>();

  /// Of each operation and status so many are looked at, and then one of so many: what comes in
  /// thousands is alike.
  private static final int ALL_UP_TO = 200;

  private static final int ONE_OF = 20;

  /// A test that sends what no client does, to see that it does no harm, says so by this header:
  /// Multica's routes take more than is described, and only their answers are looked at then.
  private static final String GARBAGE = "X-Test-Garbage";

  private static final ConcurrentHashMap<String, AtomicInteger> COUNTS = new ConcurrentHashMap<>();

  /// What was not as the document says since this was asked last.
  static List<String> broken() {
    var all = new ArrayList<String>();
    for (var one = BROKEN.poll(); one != null; one = BROKEN.poll()) {
      all.add(one);
    }
    return all;
  }

  /// A socket's handshake gives the connection away.
  @Override
  protected boolean shouldNotFilter(HttpServletRequest request) {
    return request.getHeader("Upgrade") != null || request.getMethod().equals("HEAD");
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    var asked = new KeptRequest(request);
    var answered = new KeptResponse(response);
    chain.doFilter(asked, answered);
    var pattern = request.getAttribute(HandlerMapping.BEST_MATCHING_PATTERN_ATTRIBUTE);
    if (pattern != null) {
      look(asked, answered, pattern.toString());
    }
  }

  private static void look(KeptRequest asked, KeptResponse answered, String pattern) {
    var kind = asked.getMethod() + pattern + answered.getStatus();
    var count = COUNTS.computeIfAbsent(kind, _ -> new AtomicInteger()).incrementAndGet();
    if (count > ALL_UP_TO && count % ONE_OF != 0) {
      return;
    }
    var exchange =
        new Exchange(
            asked.getMethod(),
            pattern,
            query(asked.getQueryString()),
            asked.getHeader(GARBAGE) == null ? asked.kept() : null,
            answered.getStatus(),
            answered.getHeaderNames().stream()
                .map(name -> name.toLowerCase(Locale.ROOT))
                .collect(Collectors.toSet()),
            type(answered.getContentType()),
            answered.kept());
    BROKEN.addAll(DOCUMENT.broken(exchange));
  }

  /// The parameters as they were sent: what is not properly encoded is left out, which would be an
  /// error to whoever asks the web server for it.
  private static Map<String, String> query(@Nullable String text) {
    var query = new TreeMap<String, String>();
    for (var part : (text == null ? "" : text).split("&", -1)) {
      var at = part.indexOf('=');
      query.put(
          decoded(at < 0 ? part : part.substring(0, at)),
          at < 0 ? "" : decoded(part.substring(at + 1)));
    }
    query.remove("");
    return query;
  }

  private static String decoded(String text) {
    try {
      return URLDecoder.decode(text, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      return "";
    }
  }

  private static String type(@Nullable String header) {
    if (header == null) {
      return "";
    }
    var type = MediaType.parseMediaType(header);
    return type.getType() + "/" + type.getSubtype();
  }
}
