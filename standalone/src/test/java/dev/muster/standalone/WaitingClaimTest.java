package dev.muster.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;

/// What becomes of a claim that waits for work when its token is no longer good for that.
class WaitingClaimTest {
  private final TestWorkspace at = TestWorkspace.make();
  private final Users users = new Users(at.muster());
  private final UUID runtime = at.api().newRuntime(at.id(), "dm1", "claude", 3);
  private final UUID agent = at.newAgent(runtime, "");
  private final double parkedBefore = parked();

  enum Route {
    OF_ONE_RUNTIME,
    OF_A_MACHINE
  }

  @AfterEach
  void theFeedHoldsItsGuarantees() {
    at.muster().feed().complete(at.muster(), at.id());
  }

  private double parked() {
    return at.api()
        .get("/metrics")
        .text()
        .lines()
        .filter(line -> line.startsWith("muster_claims_parked"))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .sum();
  }

  /// A claim that is parked when this returns.
  private CompletableFuture<Api.Answer> waiting(Api api, Route route) {
    var answer =
        CompletableFuture.supplyAsync(() ->
            switch (route) {
              case OF_ONE_RUNTIME ->
                  api.post(
                      "/api/daemon/runtimes/%s/tasks/claim".formatted(runtime),
                      "{}",
                      "Prefer",
                      "wait=25");
              case OF_A_MACHINE ->
                  api.post(
                      "/api/daemon/tasks/claim",
                      "{\"runtime_ids\":[\"%s\"]}".formatted(runtime),
                      "Prefer",
                      "wait=25");
            });
    await().atMost(Duration.ofSeconds(20)).until(() -> parked() > parkedBefore);
    return answer;
  }

  private JsonNode serviceToken() {
    return at.api()
        .post(
            "/api/workspaces/%s/service-tokens".formatted(at.id()),
            "{\"name\":\"d\",\"scope\":\"daemon\"}")
        .ok();
  }

  private void isGivenToWhoeverMay(UUID task) {
    assertThat(Api.id(at.api().claim(runtime, 20))).isEqualTo(task);
  }

  @ParameterizedTest
  @EnumSource(Route.class)
  void itIsGivenNothingAfterItsTokenWasRevoked(Route route) {
    var token = serviceToken();
    var claim = waiting(at.api().as(token.get("token").asString()), route);

    at.api().delete("/api/workspaces/%s/service-tokens/%s".formatted(at.id(), Api.id(token))).ok();
    var task = at.newTask(agent, "");

    assertThat(claim.join().status()).as(claim.join().text()).isEqualTo(401);
    isGivenToWhoeverMay(task);
  }

  /// Nobody wakes it: it looks again by itself every two seconds.
  @ParameterizedTest
  @EnumSource(Route.class)
  void itFindsNothingByItselfAfterItsTokenWasRevoked(Route route) {
    var token = serviceToken();
    setIntake("paused");
    var task = at.newTask(agent, "");
    var claim = waiting(at.api().as(token.get("token").asString()), route);

    at.api().delete("/api/workspaces/%s/service-tokens/%s".formatted(at.id(), Api.id(token))).ok();
    setIntake("open");

    assertThat(claim.join().status()).as(claim.join().text()).isEqualTo(401);
    isGivenToWhoeverMay(task);
  }

  private void setIntake(String intake) {
    at.db()
        .sql("UPDATE agent SET intake = :intake WHERE id = :id")
        .param("intake", intake)
        .param("id", agent)
        .update();
  }

  @ParameterizedTest
  @EnumSource(Route.class)
  void itIsGivenNothingAfterItsUserHasLeft(Route route) {
    var user = users.newUser();
    users.join(user, at.id(), "member");
    var api = users.api(user, Users.Narrowing.NONE);
    var claim = waiting(api, route);

    api.post("/api/workspaces/%s/leave".formatted(at.id()), "{}").ok();
    var task = at.newTask(agent, "");

    assertThat(claim.join().text()).doesNotContain(task.toString());
    assertThat(claim.join().status()).isEqualTo(route == Route.OF_ONE_RUNTIME ? 404 : 200);
    isGivenToWhoeverMay(task);
  }

  @ParameterizedTest
  @EnumSource(Route.class)
  void itEndsSoonAfterItsRuntimeWasRemoved(Route route) {
    var claim = waiting(at.api(), route);

    at.api().delete("/api/agents/" + agent).ok();
    at.api().delete("/api/runtimes/" + runtime).ok();

    await().atMost(Duration.ofSeconds(18)).until(claim::isDone);
    assertThat(claim.join().status())
        .as(claim.join().text())
        .isEqualTo(route == Route.OF_ONE_RUNTIME ? 404 : 200);
  }

  /// Another instance has ended it: this one looks again every few seconds.
  @ParameterizedTest
  @EnumSource(Route.class)
  void itEndsSoonAfterItsTokenHasExpired(Route route) {
    var token = serviceToken();
    var claim = waiting(at.api().as(token.get("token").asString()), route);

    at.db()
        .sql("UPDATE access_token SET expires_at = now() - interval '1 second' WHERE id = :id")
        .param("id", Api.id(token))
        .update();

    assertThat(claim.join().status()).as(claim.join().text()).isEqualTo(401);
  }

  @ParameterizedTest
  @EnumSource(Route.class)
  void itGoesOnAfterSomebodyElsesTokenWasRevoked(Route route) {
    var claim = waiting(at.api(), route);

    at.api()
        .delete("/api/workspaces/%s/service-tokens/%s".formatted(at.id(), Api.id(serviceToken())))
        .ok();
    var task = at.newTask(agent, "");

    assertThat(claim.join().status()).isEqualTo(200);
    assertThat(claim.join().text()).contains(task.toString());
  }
}
