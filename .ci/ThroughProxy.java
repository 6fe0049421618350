import java.io.FileInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.WebSocket;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/// Does at an address what the page does in a browser, from the page's origin:
/// `ThroughProxy.java <address> <certificate> <token>`.
void main(String[] arguments) throws Exception {
  var url = arguments[0];
  var token = arguments[2];
  var origin = url.replaceFirst("(//[^/]*).*", "$1");
  var http = HttpClient.newBuilder().sslContext(trusting(arguments[1])).connectTimeout(Duration.ofSeconds(60)).build();

  expect("the page", patiently(() -> http.send(get(url + "/"), BodyHandlers.ofString())).body().contains("js/main.js"));
  expect("its client", http.send(get(url + "/muster-client.js"), BodyHandlers.ofString()).statusCode() == 200);
  var made =
      http.send(
          HttpRequest.newBuilder(URI.create(url + "/api/workspaces"))
              .header("Authorization", "Bearer " + token)
              .header("Origin", origin)
              .POST(HttpRequest.BodyPublishers.ofString("{\"name\":\"Proxy\",\"slug\":\"proxy\"}"))
              .build(),
          BodyHandlers.ofString());
  expect("a write, answered " + made.statusCode() + " " + made.body(), made.statusCode() == 201);
  var foreign =
      http.send(
          HttpRequest.newBuilder(URI.create(url + "/api/me")).header("Origin", "https://evil.example").build(),
          BodyHandlers.ofString());
  expect("the refusal of another origin", foreign.statusCode() == 403);

  var workspace = made.body().replaceFirst("(?s).*?\"id\":\"([0-9a-f-]+)\".*", "$1");
  var first = new CompletableFuture<String>();
  var socket =
      http.newWebSocketBuilder()
          .header("Origin", origin)
          .buildAsync(
              URI.create(url.replaceFirst("^http", "ws") + "/ws?workspace_id=" + workspace),
              new WebSocket.Listener() {
                @Override
                public CompletionStage<?> onText(WebSocket from, CharSequence text, boolean last) {
                  first.complete(text.toString());
                  from.request(1);
                  return null;
                }
              })
          .get(60, TimeUnit.SECONDS);
  socket.sendText("{\"type\":\"auth\",\"payload\":{\"token\":\"" + token + "\"}}", true).get(60, TimeUnit.SECONDS);
  expect("the socket", first.get(60, TimeUnit.SECONDS).contains("\"type\""));
  socket.abort();
  System.exit(0);
}

HttpRequest get(String url) {
  return HttpRequest.newBuilder(URI.create(url)).build();
}

interface Call<T> {
  T make() throws Exception;
}

/// The proxy may still be starting.
<T> T patiently(Call<T> call) throws Exception {
  var end = System.nanoTime() + Duration.ofSeconds(60).toNanos();
  while (true) {
    try {
      return call.make();
    } catch (IOException e) {
      if (System.nanoTime() > end) {
        throw e;
      }
      Thread.sleep(100);
    }
  }
}

SSLContext trusting(String certificate) throws Exception {
  var store = KeyStore.getInstance(KeyStore.getDefaultType());
  store.load(null, null);
  try (var in = new FileInputStream(certificate)) {
    store.setCertificateEntry("ca", CertificateFactory.getInstance("X.509").generateCertificate(in));
  }
  var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
  trust.init(store);
  var context = SSLContext.getInstance("TLS");
  context.init(null, trust.getTrustManagers(), null);
  return context;
}

void expect(String what, boolean isSo) {
  if (!isSo) {
    System.err.println("nginx-check: not as it should be: " + what);
    System.exit(1);
  }
}
