package dev.muster.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.muster.api.ApiProperties;
import dev.muster.api.edge.Quotas;
import dev.muster.events.feed.FeedRig;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/// Tokens do what they say, and end when they are ended.
class TokensTest {
  private final TestWorkspace at = TestWorkspace.make();
  private final Users users = new Users(at.muster());
  private final String serviceTokens = "/api/workspaces/" + at.id() + "/service-tokens";

  private JsonNode serviceToken() {
    return at.api().post(serviceTokens, "{\"name\":\"d\",\"scope\":\"daemon\"}").ok();
  }

  private Api with(JsonNode token) {
    return at.api().as(token.get("token").asString());
  }

  private Api member(String role) {
    var user = users.newUser();
    users.join(user, at.id(), role);
    return users.api(user, Users.Narrowing.NONE);
  }

  @ParameterizedTest
  @CsvSource({
    "1,30,403",
    "1,,403",
    "30,1,201",
    "30,0,403",
    "30,-1,400",
    ",-1,400",
    ",0,201",
    ",,201"
  })
  void aTokenMakesNoneThatLivesLonger(String ownDays, String days, int status) {
    var wanted = days == null ? "" : ",\"expires_in_days\":" + days;
    var user = users.newApi();
    var own =
        ownDays == null
            ? user
            : user.as(
                user.post(
                        "/api/tokens", "{\"name\":\"t\",\"expires_in_days\":%s}".formatted(ownDays))
                    .ok()
                    .get("token")
                    .asString());

    var made = own.post("/api/tokens", "{\"name\":\"longer\"" + wanted + "}");

    assertThat(made.status()).as(made.text()).isEqualTo(status);
    assertThat(user.get("/api/tokens").text().contains("longer")).isEqualTo(status == 201);
  }

  @Test
  void anExpiringOwnerMakesNoServiceTokenForEver() {
    var expiring =
        with(at.api().post("/api/tokens", "{\"name\":\"t\",\"expires_in_days\":1}").ok());

    assertThat(expiring.post(serviceTokens, "{\"name\":\"d\",\"scope\":\"daemon\"}").status())
        .isEqualTo(403);
  }

  @Test
  void aServiceTokenIsListedAndRevokedByThoseWhoMakeIt() {
    var first = serviceToken();
    var second = serviceToken();
    var admin = member("admin");
    var plain = member("member");
    with(first).get("/api/me").ok();

    assertThat(plain.get(serviceTokens).status()).isEqualTo(403);
    assertThat(plain.delete("/api/tokens/" + Api.id(first)).status()).isEqualTo(404);
    assertThat(plain.delete(serviceTokens + "/" + Api.id(first)).status()).isEqualTo(403);
    assertThat(admin.get(serviceTokens).ok().size()).isEqualTo(2);
    assertThat(admin.get(serviceTokens).text()).doesNotContain(first.get("token").asString());
    assertThat(admin.delete("/api/tokens/" + Api.id(first)).status()).isEqualTo(204);
    assertThat(at.api().delete(serviceTokens + "/" + Api.id(second)).status()).isEqualTo(204);

    assertThat(with(first).get("/api/me").status()).isEqualTo(401);
    assertThat(with(second).get("/api/me").status()).isEqualTo(401);
    assertThat(admin.get(serviceTokens).ok().size()).isZero();
  }

  @Test
  void whatIsNoTokenOrIsGoneIsNotFound() {
    var token = Api.id(serviceToken());
    var stranger = users.newApi();

    assertThat(stranger.delete("/api/tokens/" + token).status()).isEqualTo(404);
    at.api().delete("/api/tokens/" + token).ok();
    for (var gone : List.of(token.toString(), UUID.randomUUID().toString(), "nonsense")) {
      assertThat(at.api().delete("/api/tokens/" + gone).status()).as(gone).isEqualTo(404);
      assertThat(at.api().delete(serviceTokens + "/" + gone).status()).as(gone).isEqualTo(404);
      assertThat(at.api().post(serviceTokens + "/" + gone + "/rotate", "{}").status())
          .as(gone)
          .isEqualTo(404);
    }
  }

  @Test
  void aPersonsTokenIsNotTheAdministratorsToRevoke() {
    var user = users.newUser();
    users.join(user, at.id(), "member");
    var narrowed = users.api(user, new Users.Narrowing("all", at.id()));
    var token = Api.id(narrowed.get("/api/tokens").ok().get(0));

    assertThat(at.api().delete("/api/tokens/" + token).status()).isEqualTo(404);
    narrowed.get("/api/me").ok();
  }

  @Test
  void aRotatedTokenIsDeadAndItsSuccessorIsTheSameUser() {
    var old = serviceToken();
    var before = with(old).get("/api/me").ok();

    var rotated = at.api().post(serviceTokens + "/" + Api.id(old) + "/rotate", "{}").ok();

    assertThat(with(old).get("/api/me").status()).isEqualTo(401);
    assertThat(with(rotated).get("/api/me").ok()).isEqualTo(before);
    assertThat(rotated.get("scope").asString()).isEqualTo("daemon");
  }

  @Test
  void aRevokedTokenIsDeadOnItsSocket() {
    var token = serviceToken();
    var dashboard = Dashboard.watch(with(token), at.id(), "");

    at.api().delete("/api/tokens/" + Api.id(token)).ok();

    assertThat(dashboard.closeCode()).isEqualTo(4001);
  }

  @Test
  void aFirstTokenThatWasRevokedStaysSoAtTheNextStart() throws Exception {
    var token = "mul_" + "abcdefgh12".repeat(4);
    try (var rig = FeedRig.start()) {
      try (var api = Applications.api(rig.jdbcUrl(), rig.kafka(), token, "--server.port=0")) {
        var owner = new Api("http://localhost:" + Applications.port(api), token);
        owner.delete("/api/tokens/" + Api.id(owner.get("/api/tokens").ok().get(0))).ok();
      }
      try (var api = Applications.api(rig.jdbcUrl(), rig.kafka(), token, "--server.port=0")) {
        var owner = new Api("http://localhost:" + Applications.port(api), token);
        assertThat(owner.get("/api/me").status()).isEqualTo(401);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "aaaaaaaaaaaaaaaa",
        "abababababababab",
        "passwordpassword",
        "secret!secret!secret!",
        "111122223333444",
        "1111222233334444"
      })
  void aFirstTokenThatIsEasyToGuessIsRefused(String token) {
    assertThatThrownBy(() ->
            new ApiProperties(
                token,
                null,
                true,
                ApiProperties.Sockets.DEFAULT,
                ApiProperties.Connections.fromTheHeap(),
                Quotas.DEFAULT))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("MUSTER_TOKEN");
  }

  @Test
  void whoTriesTokensIsRefusedAndOthersBehindTheSameAddressAreNot() {
    var unknown = with(serviceToken());
    var tried = 400;
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var answers =
          IntStream.range(0, tried)
              .mapToObj(i ->
                  CompletableFuture.supplyAsync(
                      () -> at.api().as("mul_wrong" + i).get("/api/me").status(), threads))
              .toList();
      at.api().get("/api/me").ok();
      var seen = new HashSet<Integer>();
      answers.forEach(answer -> seen.add(answer.join()));

      assertThat(seen).contains(401).isSubsetOf(401, 429);
    }
    unknown.get("/api/me").ok();
  }

  @Test
  void whatIsDoneToTokensIsWrittenDown() {
    var token = serviceToken();
    var id = Api.id(token);
    with(token).get("/api/me").ok();
    at.api().as("mul_wrong_for_the_audit").get("/api/me");
    at.api().delete("/api/tokens/" + id).ok();

    await()
        .atMost(Duration.ofSeconds(30))
        .untilAsserted(() -> {
          var entries =
              at.api().get("/api/workspaces/" + at.id() + "/token-audit").ok().get("entries");
          assertThat(entries.valueStream().map(entry -> entry.get("action").asString()).toList())
              .contains("made", "used", "revoked");
          entries.forEach(entry -> {
            assertThat(entry.get("token_id").asString()).isEqualTo(id.toString());
            assertThat(entry.get("address").asString()).isNotEmpty();
            assertThat(entry.get("actor_id").asString()).isNotEmpty();
          });
          assertThat(
                  at.db()
                      .sql("SELECT count(*) FROM token_audit WHERE action = 'failed'")
                      .query(Integer.class)
                      .single())
              .isPositive();
        });
    assertThat(member("member").get("/api/workspaces/" + at.id() + "/token-audit").status())
        .isEqualTo(403);
  }
}
