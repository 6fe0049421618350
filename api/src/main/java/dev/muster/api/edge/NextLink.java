package dev.muster.api.edge;

import jakarta.servlet.http.HttpServletRequest;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ResponseEntity;

/// The answer of lists that are a JSON array and nothing more, as Multica's clients read them: a
/// part that is not the last names the next one in a `Link` header (RFC 8288).
public final class NextLink {
  private NextLink() {}

  /// The rows, and where the next part is.
  ///
  /// @param parameter the query's parameter that says where a part begins
  /// @param next its value for the next part; null if this is the last
  public static <T> ResponseEntity<List<T>> answer(
      HttpServletRequest request, List<T> rows, String parameter, @Nullable String next) {
    var answer = ResponseEntity.ok();
    if (next != null) {
      answer.header(HttpHeaders.LINK, "<?" + query(request, parameter, next) + ">; rel=\"next\"");
    }
    return answer.body(rows);
  }

  private static String query(HttpServletRequest request, String parameter, String value) {
    var given = request.getQueryString();
    var others =
        Arrays.stream((given == null ? "" : given).split("&"))
            .filter(part -> !part.isEmpty() && !part.startsWith(parameter + "="));
    var next = parameter + "=" + URLEncoder.encode(value, StandardCharsets.UTF_8);
    return Stream.concat(others, Stream.of(next)).collect(Collectors.joining("&"));
  }
}
