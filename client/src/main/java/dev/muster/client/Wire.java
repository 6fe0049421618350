package dev.muster.client;

import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// One request, one [Answer].
final class Wire implements AutoCloseable {
  private static final Duration CONNECT_AT_MOST = Duration.ofSeconds(10);
  private static final String FENCED = "urn:muster:problem:fenced";

  private final URI server;
  private final String token;
  private final HttpClient http;

  /// @param server with the prefix under which a proxy may have it
  Wire(URI server, String token, Network network) {
    this.server = server;
    this.token = token;
    this.http =
        network
            .apply(HttpClient.newBuilder())
            .version(HttpClient.Version.HTTP_1_1)
            .executor(task -> Thread.ofVirtual().start(task))
            .connectTimeout(CONNECT_AT_MOST)
            .build();
  }

  /// @param body sent as JSON; nothing for a `GET`
  /// @param timeout for the whole exchange, the answer's body included
  record Request(
      String method,
      String path,
      Map<String, Object> body,
      Map<String, String> headers,
      Duration timeout) {}

  /// Sends the request once.
  ///
  /// @param read makes a value of a success
  <T> Answer<T> send(Request request, Function<JsonNode, Answer<T>> read)
      throws InterruptedException {
    var exchange = http.sendAsync(request(request), BodyHandlers.ofByteArray());
    try {
      return answer(
          exchange.get(request.timeout().toMillis(), TimeUnit.MILLISECONDS), request, read);
    } catch (TimeoutException e) {
      exchange.cancel(true);
      return new Answer.NoAnswer<>("no answer in " + request.timeout(), Duration.ZERO);
    } catch (InterruptedException e) {
      exchange.cancel(true);
      throw e;
    } catch (ExecutionException e) {
      return switch (e.getCause()) {
        case IOException lost ->
            new Answer.NoAnswer<>(server + " does not answer: " + reason(lost), Duration.ZERO);
        case null, default -> throw new IllegalStateException(request.path(), e);
      };
    }
  }

  private static String reason(IOException lost) {
    return switch (lost) {
      case HttpConnectTimeoutException _ ->
          "no connection in " + CONNECT_AT_MOST.toSeconds() + " s";
      case ConnectException e when isOfName(e) -> "its name is unknown";
      case ConnectException _ -> "the connection was refused";
      case SSLException e ->
          "TLS fails: %s (a private authority's certificate goes into MUSTER_CA_FILE)"
              .formatted(e.getMessage());
      default -> lost.toString();
    };
  }

  private static boolean isOfName(Throwable failure) {
    for (@Nullable Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof UnresolvedAddressException) {
        return true;
      }
    }
    return false;
  }

  private HttpRequest request(Request request) {
    var builder =
        HttpRequest.newBuilder(URI.create(prefix() + request.path()))
            .header("Authorization", "Bearer " + token)
            .header("Content-Type", "application/json")
            .header("User-Agent", "muster-client");
    request.headers().forEach(builder::header);
    var body =
        request.method().equals("GET")
            ? BodyPublishers.noBody()
            : BodyPublishers.ofByteArray(Json.bytes(request.body()));
    return builder.method(request.method(), body).build();
  }

  private String prefix() {
    var text = server.toString();
    return text.endsWith("/") ? text.substring(0, text.length() - 1) : text;
  }

  private static <T> Answer<T> answer(
      HttpResponse<byte[]> response, Request request, Function<JsonNode, Answer<T>> read) {
    var status = response.statusCode();
    var body = Json.read(response.body());
    if (status >= 200 && status < 300) {
      // A success that cannot be read was cut off on its way, or is another program's.
      return body.isMissingNode() && response.body().length > 0
          ? new Answer.NoAnswer<>("an answer that is no JSON", Duration.ZERO)
          : read.apply(body);
    }
    if (Retry.isWorthwhile(status)) {
      return new Answer.NoAnswer<>(
          request.path() + " was answered " + status, retryAfter(response));
    }
    if (status == 409 && Json.text(body, "type").equals(FENCED)) {
      return new Answer.Fenced<>(
          body.path("current_generation").asLong(0), Json.text(body, "state"));
    }
    var sentence = Json.text(body, "error");
    return new Answer.Refused<>(
        status, Json.text(body, "type"), sentence.isEmpty() ? "answered " + status : sentence);
  }

  /// The seconds the server asks for; a date, which no clock of ours could be trusted with, is
  /// none.
  private static Duration retryAfter(HttpResponse<?> response) {
    return response
        .headers()
        .firstValue("Retry-After")
        .map(String::strip)
        .filter(text -> text.matches("\\d{1,6}"))
        .map(text -> Duration.ofSeconds(Long.parseLong(text)))
        .orElse(Duration.ZERO);
  }

  @Override
  public void close() {
    http.shutdownNow();
  }
}
