package dev.muster.cli;

import dev.muster.client.Network;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.channels.UnresolvedAddressException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Requests to the REST API; whatever is no success is a [Failure].
final class Rest implements AutoCloseable {
  static final JsonMapper JSON = JsonMapper.builder().build();

  private static final Duration TIMEOUT = Duration.ofSeconds(30);
  private static final int TRIES = 3;

  /// The longest pause, in seconds, after which a busy server is asked again.
  private static final int PAUSE_MAX = 5;

  private static final Pattern TOKEN = Pattern.compile("[!-~]*");
  private static final int TOO_MANY_REQUESTS = 429;

  private final URI server;
  private final String token;
  private final boolean isFromEnvironment;
  private final HttpClient http;

  Rest(URI server, String token, Map<String, String> environment) {
    if (!TOKEN.matcher(token).matches()) {
      throw new Failure(
          Failure.NOT_ALLOWED,
          "The token has characters that are in no token, such as quotation marks; copy it again, or sign in with: muster login");
    }
    this.server = server;
    this.token = token;
    this.isFromEnvironment =
        At.named(environment, "MUSTER_TOKEN").filter(token::equals).isPresent();
    this.http =
        Network.of(environment)
            .apply(HttpClient.newBuilder())
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(10))
            .build();
  }

  URI server() {
    return server;
  }

  JsonNode get(String path) {
    return send("GET", path, null);
  }

  /// All elements of a list, whichever shape it has and in however many pages it comes.
  List<JsonNode> all(String path) {
    var elements = new ArrayList<JsonNode>();
    var next = Optional.of(path);
    while (next.isPresent()) {
      var answer = answer("GET", next.get(), null);
      var page = read(answer, next.get());
      elements.addAll(Session.items(page));
      next = Pages.next(path, answer.headers(), page);
    }
    return elements;
  }

  JsonNode post(String path, Map<String, ?> body) {
    return send("POST", path, body);
  }

  JsonNode put(String path, Map<String, ?> body) {
    return send("PUT", path, body);
  }

  JsonNode patch(String path, Map<String, ?> body) {
    return send("PATCH", path, body);
  }

  JsonNode delete(String path) {
    return send("DELETE", path, null);
  }

  private JsonNode send(String method, String path, @Nullable Map<String, ?> body) {
    return read(answer(method, path, body), path);
  }

  /// Sends a request; a server that is busy is asked again when it said so, and one that is away is
  /// asked again if the request only reads.
  private HttpResponse<byte[]> answer(String method, String path, @Nullable Map<String, ?> body) {
    try {
      for (var tries = 1; ; tries++) {
        var response = exchange(method, path, body);
        var isBusy = response.statusCode() == TOO_MANY_REQUESTS || response.statusCode() == 503;
        var pause = retryAfter(response);
        // A person wants to know why, rather than to look at nothing.
        if (!isBusy || tries == TRIES || pause > PAUSE_MAX) {
          return response;
        }
        TimeUnit.SECONDS.sleep(pause);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Failure(Failure.NO_ANSWER, "Interrupted.");
    }
  }

  private HttpResponse<byte[]> exchange(String method, String path, @Nullable Map<String, ?> body)
      throws InterruptedException {
    var request =
        HttpRequest.newBuilder(URI.create(server.toString().replaceAll("/+$", "") + path))
            .timeout(TIMEOUT)
            .header("Authorization", "Bearer " + token)
            .header("User-Agent", "muster-cli")
            .method(
                method,
                body == null
                    ? BodyPublishers.noBody()
                    : BodyPublishers.ofByteArray(JSON.writeValueAsBytes(body)));
    if (body != null) {
      request.header("Content-Type", "application/json");
    }
    try {
      return http.send(request.build(), BodyHandlers.ofByteArray());
    } catch (IOException e) {
      throw new Failure(Failure.NO_ANSWER, "No answer from %s: %s".formatted(server, why(e)));
    }
  }

  /// Why there was no answer, in words: some of the JDK's exceptions have none of their own.
  private static String why(IOException e) {
    return switch (e) {
      case ConnectException refused
          when refused.getCause() instanceof ConnectException inner
              && inner.getCause() instanceof UnresolvedAddressException ->
          "there is no host of that name";
      case ConnectException _ -> "nothing takes connections there";
      default -> e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    };
  }

  private JsonNode read(HttpResponse<byte[]> response, String path) {
    var status = response.statusCode();
    JsonNode body;
    try {
      var text = new String(response.body(), StandardCharsets.UTF_8);
      body = text.isBlank() ? JSON.createObjectNode() : JSON.readTree(text);
    } catch (JacksonException e) {
      throw new Failure(
          Failure.NO_ANSWER,
          "%s answered %d with something that is no JSON; is it a Muster?"
              .formatted(server, status));
    }
    if (status >= 200 && status < 300) {
      return body;
    }
    throw new Failure(code(status), sentence(body, status, path));
  }

  private static int code(int status) {
    return switch (status) {
      case 401, 403 -> Failure.NOT_ALLOWED;
      case 404 -> Failure.NOT_FOUND;
      default -> status >= 500 || status == TOO_MANY_REQUESTS ? Failure.NO_ANSWER : Failure.REFUSED;
    };
  }

  private String sentence(JsonNode body, int status, String path) {
    var errors =
        body.path("errors")
            .valueStream()
            .map(error ->
                "%s %s"
                    .formatted(error.path("field").asString(""), error.path("reason").asString("")))
            .map(String::strip)
            .collect(Collectors.joining("; "));
    var said = errors.isEmpty() ? body.path("error").asString("") : errors;
    if (status == 401) {
      return isFromEnvironment
          ? said
              + ": MUSTER_TOKEN is wrong, or has expired, and counts before a sign-in. Set another, or unset it"
          : said + ". Sign in with: muster login";
    }
    return said.isEmpty() ? "%s was answered %d".formatted(path, status) : said;
  }

  private static long retryAfter(HttpResponse<?> response) {
    var text = response.headers().firstValue("Retry-After").orElse("1");
    return text.matches("\\d{1,2}") ? Math.max(1, Long.parseLong(text)) : 1;
  }

  @Override
  public void close() {
    http.shutdownNow();
  }
}
