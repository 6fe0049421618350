package dev.muster.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.context.ConfigurableApplicationContext;

/// Pages of this and of other origins, behind proxies and without.
class OriginTest {
  private static final String DASH = "https://dash.example";

  private static ConfigurableApplicationContext api;
  private static RawHttp http;

  @BeforeAll
  static void start() {
    var servers = TestServers.get();
    api =
        Applications.api(
            servers.jdbcUrl(),
            servers.kafka(),
            TestMuster.OWNER_TOKEN,
            "--server.port=0",
            "--muster.api.allowed-origins=" + DASH + "/");
    http = new RawHttp("localhost", Applications.port(api));
  }

  @AfterAll
  static void stop() {
    api.close();
  }

  private static RawHttp.Answer send(String method, String path, String... headers) {
    var lines = new StringBuilder("Authorization: Bearer " + TestMuster.OWNER_TOKEN + "\r\n");
    List.of(headers).forEach(header -> lines.append(header).append("\r\n"));
    return http.send(method, path, lines.toString(), "");
  }

  @ParameterizedTest
  @CsvSource({
    "https://localhost:PORT, 400",
    "http://localhost:PORT, 400",
    "https://dash.example, 400",
    "https://localhost:1, 403",
    "https://evil.example, 403",
  })
  void rest_and_socket_have_one_rule_and_tls_may_end_at_a_proxy(String origin, int status) {
    var from = "Origin: " + origin.replace("PORT", Integer.toString(http.port()));

    assertThat(send("POST", "/api/workspaces", from).status()).isEqualTo(status);
    assertThat(send("GET", "/ws?workspace_id=0b1e5a11-0000-4000-8000-000000000001", from).text())
        .matches(text -> text.contains("origin not allowed") == (status == 403));
  }

  @Test
  void a_page_that_was_allowed_may_send_and_read_what_the_documents_name() {
    var preflight =
        send(
            "OPTIONS",
            "/api/tasks",
            "Origin: " + DASH,
            "Access-Control-Request-Method: POST",
            "Access-Control-Request-Headers: authorization,claim-generation,content-type,idempotency-key,prefer,process-id,x-workspace-id");
    var answer = send("GET", "/api/me", "Origin: " + DASH);

    assertThat(preflight.status()).isEqualTo(200);
    assertThat(preflight.headers())
        .containsEntry("access-control-allow-origin", DASH)
        .hasEntrySatisfying(
            "access-control-allow-headers",
            allowed -> assertThat(allowed).contains("idempotency-key", "claim-generation"));
    assertThat(answer.headers())
        .containsEntry("access-control-allow-origin", DASH)
        .hasEntrySatisfying(
            "access-control-expose-headers",
            exposed -> assertThat(exposed).contains("Retry-After", "Date"));
  }

  @Test
  void a_page_that_was_allowed_may_import_the_client() {
    var answer = send("GET", "/muster-client.js", "Origin: " + DASH);

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.headers()).containsEntry("access-control-allow-origin", DASH);
  }

  @Test
  void what_is_no_origin_ends_the_start_in_a_sentence() {
    var servers = TestServers.get();

    assertThatThrownBy(() ->
            Applications.api(
                servers.jdbcUrl(),
                servers.kafka(),
                TestMuster.OWNER_TOKEN,
                "--server.port=0",
                "--muster.api.allowed-origins=*"))
        .satisfies(failure ->
            assertThat(StartupFailure.sentence(failure))
                .hasValue(
                    "MUSTER_API_ALLOWEDORIGINS has *, which is no origin such as https://dash.example.org."));
  }

  @ParameterizedTest
  @CsvSource({
    "muster.feed.retention, banana, 'The setting muster.feed.retention (MUSTER_FEED_RETENTION) is banana, which is no time such as 30s, 5m, 12h or 30d.'",
    "muster.api.sockets.max, many, 'The setting muster.api.sockets.max (MUSTER_API_SOCKETS_MAX) is many, which is no number, or not one that is possible.'",
    "muster.api.serial-daemons, perhaps, 'The setting muster.api.serial-daemons (MUSTER_API_SERIALDAEMONS) is perhaps, which is neither true nor false.'",
    "muster.api.sockets.max, 0, 'muster.api.sockets.* must be at least 1.'",
  })
  void a_value_that_cannot_be_ends_the_start_in_a_sentence(
      String setting, String value, String sentence) {
    var servers = TestServers.get();

    assertThatThrownBy(() ->
            Applications.api(
                servers.jdbcUrl(),
                servers.kafka(),
                TestMuster.OWNER_TOKEN,
                "--server.port=0",
                "--" + setting + "=" + value))
        .satisfies(failure -> assertThat(StartupFailure.sentence(failure)).hasValue(sentence));
  }

  @Test
  void what_a_proxy_says_is_believed_where_somebody_said_so() {
    var servers = TestServers.get();
    try (var behind =
        Applications.api(
            servers.jdbcUrl(),
            servers.kafka(),
            TestMuster.OWNER_TOKEN,
            "--server.port=0",
            "--server.forward-headers-strategy=native")) {
      var port = URI.create("http://localhost:" + Applications.port(behind)).getPort();
      var answer =
          new RawHttp("localhost", port)
              .send(
                  "GET",
                  "/api/me",
                  "Authorization: Bearer %s\r\nOrigin: https://muster.example\r\nX-Forwarded-Host: muster.example\r\nX-Forwarded-Proto: https\r\nX-Forwarded-For: 192.0.2.1\r\n"
                      .formatted(TestMuster.OWNER_TOKEN),
                  "");

      assertThat(answer.status()).isEqualTo(200);
    }
  }
}
