package dev.muster.dispatcher.webhook;

import dev.muster.events.webhook.Targets;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.hc.client5.http.DnsResolver;
import org.apache.hc.client5.http.classic.methods.HttpPost;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.io.ManagedHttpClientConnectionFactory;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManager;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.io.entity.StringEntity;
import org.apache.hc.core5.util.Timeout;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/// Sends one request and waits for its answer, for ten seconds at most, however slowly it comes.
///
/// The client asks [Targets] for the addresses of a name and connects to those, so it is the
/// address that is connected to which was judged. It follows no redirect, tries nothing twice,
/// keeps no cookies and unpacks nothing; what it reads of an answer is bounded.
///
/// Each request has a connection of its own. What a server writes after its answer would else be
/// taken for the answer to the next event, which may be another webhook's.
@Component
class Sender implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Sender.class);
  private static final Duration AT_MOST = Duration.ofSeconds(10);
  private static final Timeout CONNECT_AT_MOST = Timeout.ofSeconds(5);
  private static final int ANSWER_BYTES = 1024;
  private static final int HEADER_BYTES = 8 * 1024;
  private static final int HEADERS_MAX = 100;
  private static final int REASON_MAX = 300;
  private static final ContentType CLOUD_EVENT =
      ContentType.create("application/cloudevents+json", StandardCharsets.UTF_8);

  private final CloseableHttpClient client;
  private final ScheduledExecutorService deadlines =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("muster-webhook-deadlines").daemon(true).factory());

  Sender(Targets targets) {
    this.client =
        HttpClients.custom()
            .setConnectionManager(connections(targets))
            .setConnectionReuseStrategy((_, _, _) -> false)
            .setUserAgent("Muster")
            .disableRedirectHandling()
            .disableAutomaticRetries()
            .disableCookieManagement()
            .disableAuthCaching()
            .disableContentCompression()
            .build();
  }

  private static PoolingHttpClientConnectionManager connections(Targets targets) {
    var timeout = Timeout.of(AT_MOST);
    return PoolingHttpClientConnectionManagerBuilder.create()
        .setDnsResolver(new Judged(targets))
        .setConnectionFactory(
            ManagedHttpClientConnectionFactory.builder()
                .http1Config(
                    Http1Config.custom()
                        .setMaxLineLength(HEADER_BYTES)
                        .setMaxHeaderCount(HEADERS_MAX)
                        .build())
                .build())
        .setDefaultConnectionConfig(
            ConnectionConfig.custom()
                .setConnectTimeout(CONNECT_AT_MOST)
                .setSocketTimeout(timeout)
                .build())
        // Whoever sends is bounded already: no server's slowness is another's that it shares with.
        .setMaxConnTotal(WebhookTimer.RUNS_MAX * HookRun.AT_ONCE)
        .setMaxConnPerRoute(WebhookTimer.RUNS_MAX * HookRun.AT_ONCE)
        .build();
  }

  private record Judged(Targets targets) implements DnsResolver {
    @Override
    public InetAddress[] resolve(String host) throws UnknownHostException {
      return targets.addresses(host);
    }

    @Override
    public String resolveCanonicalHostname(String host) {
      return host;
    }
  }

  Answer send(URI url, Map<String, String> headers, String body) {
    var request = new HttpPost(url);
    headers.forEach(request::setHeader);
    request.setHeader("Connection", "close");
    request.setEntity(new StringEntity(body, CLOUD_EVENT));
    request.setConfig(RequestConfig.custom().setResponseTimeout(Timeout.of(AT_MOST)).build());
    var deadline = deadlines.schedule(request::cancel, AT_MOST.toMillis(), TimeUnit.MILLISECONDS);
    try {
      return answer(request);
    } catch (IOException e) {
      return new Answer.None(
          deadline.isDone() ? "no answer in " + AT_MOST.toSeconds() + " s" : reason(e));
    } finally {
      deadline.cancel(false);
    }
  }

  private Answer answer(HttpPost request) throws IOException {
    var response = client.executeOpen(null, request, null);
    try {
      var status = response.getCode();
      var text = beginning(response);
      return status >= 200 && status < 300
          ? new Answer.Taken(status)
          : new Answer.NotTaken(status, text, pause(response));
    } finally {
      letGo(request, response);
    }
  }

  /// How the answer begins.
  private static String beginning(ClassicHttpResponse response) throws IOException {
    var entity = response.getEntity();
    if (entity == null) {
      return "";
    }
    var read = entity.getContent().readNBytes(ANSWER_BYTES);
    // Postgres keeps no NUL in a text.
    return new String(read, StandardCharsets.UTF_8).replace('\0', '\uFFFD');
  }

  /// The connection is closed, and the rest never read: how that ends changes nothing.
  private static void letGo(HttpPost request, ClassicHttpResponse response) {
    request.cancel();
    try {
      response.close();
    } catch (IOException e) {
      log.atDebug().setCause(e).log("The rest of an answer was not read");
    }
  }

  private static @Nullable Duration pause(ClassicHttpResponse response) {
    var header = response.getFirstHeader("Retry-After");
    return header == null ? null : RetryAfter.read(header.getValue(), Instant.now());
  }

  private static String reason(IOException failure) {
    var message = failure.getMessage() == null ? "" : ": " + failure.getMessage();
    var name = failure.getClass().getSimpleName().replaceAll("Exception$", "");
    var words = name.replaceAll("(?<=[a-z])(?=[A-Z])", " ").toLowerCase(Locale.ROOT);
    var reason = (words + message).replace('\0', '\uFFFD');
    return reason.substring(0, Math.min(reason.length(), REASON_MAX));
  }

  @Override
  public void close() throws IOException {
    deadlines.shutdownNow();
    client.close();
  }
}
