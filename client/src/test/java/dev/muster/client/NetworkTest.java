package dev.muster.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NetworkTest {
  private static final String PASSWORD = "changeit";

  @ParameterizedTest
  @CsvSource({
    "'',                                https://muster.example,        p:3128",
    "'',                                http://muster.example,         -",
    "'',                                https://localhost:8443,        -",
    "'',                                https://127.0.0.1,             -",
    "muster.example,                    https://muster.example,        -",
    "muster.example,                    https://a.muster.example,      -",
    ".example,                          https://muster.example,        -",
    "*.example,                         https://muster.example,        -",
    "muster.example,                    https://notmuster.example,     p:3128",
    "'other, MUSTER.example',           https://Muster.Example,        -",
    "muster.example:8443,               https://muster.example:8443,   -",
    "muster.example:8443,               https://muster.example:9443,   p:3128",
    "10.0.0.0/8,                        https://10.1.2.3,              -",
    "10.0.0.0/8,                        https://11.1.2.3,              p:3128",
    "0.0.0.0/0,                         https://11.1.2.3,              -",
    "*,                                 https://muster.example,        -",
  })
  void a_proxy_is_used_as_by_others(String direct, URI server, String proxy) {
    var proxies = Network.of(Map.of("HTTPS_PROXY", "http://p:3128", "NO_PROXY", direct)).proxies();

    var selected = proxies.select(server).getFirst();

    assertThat(selected.equals(Proxy.NO_PROXY) ? "-" : hostAndPort(selected)).isEqualTo(proxy);
  }

  private static String hostAndPort(Proxy proxy) {
    var address = (InetSocketAddress) proxy.address();
    return address.getHostString() + ":" + address.getPort();
  }

  @Test
  void small_letters_win_and_one_proxy_may_serve_all() {
    var small = Map.of("HTTPS_PROXY", "http://big:1", "https_proxy", "small:2");
    var all = Map.of("ALL_PROXY", "all:3");

    assertThat(hostAndPort(first(small, "https://m.example"))).isEqualTo("small:2");
    assertThat(hostAndPort(first(all, "http://m.example"))).isEqualTo("all:3");
  }

  private static Proxy first(Map<String, String> environment, String server) {
    return Network.of(environment).proxies().select(URI.create(server)).getFirst();
  }

  @Test
  void calls_go_through_the_proxy() throws Exception {
    var asked = new CopyOnWriteArrayList<String>();
    var proxy = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    proxy.createContext(
        "/",
        exchange -> {
          asked.add(exchange.getRequestURI().toString());
          answer(exchange);
        });
    proxy.start();
    var environment = Map.of("http_proxy", "127.0.0.1:" + proxy.getAddress().getPort());
    try (var client =
        new MusterClient(
            URI.create("http://muster.example/prefix/"), "mul_token", Network.of(environment))) {
      assertThat(client.workspaces()).isInstanceOf(Answer.Accepted.class);
    } finally {
      proxy.stop(0);
    }
    assertThat(asked).containsExactly("http://muster.example/prefix/api/workspaces");
  }

  @Test
  void a_private_authority_is_trusted_if_it_is_named(@TempDir Path directory) throws Exception {
    var certificate = directory.resolve("ca.pem");
    var store = directory.resolve("store.p12");
    keytool(
        "-genkeypair",
        "-alias",
        "m",
        "-keyalg",
        "EC",
        "-dname",
        "CN=localhost",
        "-ext",
        "san=dns:localhost",
        "-keystore",
        store.toString());
    keytool(
        "-exportcert",
        "-rfc",
        "-alias",
        "m",
        "-file",
        certificate.toString(),
        "-keystore",
        store.toString());
    var server = tls(store);
    var url = URI.create("https://localhost:" + server.getAddress().getPort());
    try (var strange = new MusterClient(url, "mul_token", Network.of(Map.of()));
        var knowing =
            new MusterClient(
                url, "mul_token", Network.of(Map.of("MUSTER_CA_FILE", certificate.toString())))) {
      // A busy machine may let a handshake time out.
      await()
          .atMost(Duration.ofMinutes(1))
          .untilAsserted(() ->
              assertThat(reason(strange.workspaces()))
                  .startsWith(url + " does not answer: TLS fails: ")
                  .contains("MUSTER_CA_FILE"));
      await()
          .atMost(Duration.ofMinutes(1))
          .untilAsserted(
              () -> assertThat(knowing.workspaces()).isInstanceOf(Answer.Accepted.class));
    } finally {
      server.stop(0);
    }
  }

  @Test
  void a_file_without_certificates_is_told(@TempDir Path directory) throws IOException {
    var file = Files.writeString(directory.resolve("ca.pem"), "");

    assertThatThrownBy(() -> Network.of(Map.of("MUSTER_CA_FILE", file.toString())))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("MUSTER_CA_FILE is " + file);
  }

  @Test
  void who_does_not_answer_is_named_with_the_reason() throws Exception {
    var port = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    var nobody = URI.create("http://127.0.0.1:" + port.getAddress().getPort());
    port.start();
    port.stop(0);
    var nowhere = URI.create("http://muster.invalid");
    try (var one = new MusterClient(nobody, "t", Network.of(Map.of()));
        var other = new MusterClient(nowhere, "t", Network.of(Map.of()))) {
      assertThat(reason(one.workspaces()))
          .isEqualTo(nobody + " does not answer: the connection was refused");
      assertThat(reason(other.workspaces()))
          .isEqualTo(nowhere + " does not answer: its name is unknown");
    }
  }

  private static String reason(Answer<?> answer) {
    return answer instanceof Answer.NoAnswer<?> none ? none.reason() : answer.toString();
  }

  private static HttpsServer tls(Path file) throws Exception {
    var store = KeyStore.getInstance(file.toFile(), PASSWORD.toCharArray());
    var keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(store, PASSWORD.toCharArray());
    var context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), null, null);
    var server = HttpsServer.create(new InetSocketAddress("localhost", 0), 0);
    server.setHttpsConfigurator(new HttpsConfigurator(context));
    server.createContext("/", NetworkTest::answer);
    server.start();
    return server;
  }

  private static void answer(com.sun.net.httpserver.HttpExchange exchange) throws IOException {
    var body = "[]".getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(200, body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }

  private static void keytool(String... arguments) throws Exception {
    var line = new ArrayList<String>();
    line.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
    line.addAll(List.of(arguments));
    line.addAll(List.of("-storepass", PASSWORD));
    var process = new ProcessBuilder(line).redirectErrorStream(true).start();
    var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(said).isZero();
  }
}
