package dev.muster.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Somebody who was added is let in by an invitation, and nobody becomes somebody else by one.
class InvitationTest {
  private final TestWorkspace at = TestWorkspace.make();
  private final Api owner = at.api();
  private final Users users = new Users(at.muster());
  private final String email = UUID.randomUUID() + "@example.org";

  private static UUID add(Api by, UUID workspace, String email, String role) {
    return Api.id(
        by.post(
                "/api/workspaces/%s/members".formatted(workspace),
                "{\"email\":\"%s\",\"role\":\"%s\"}".formatted(email, role))
            .ok());
  }

  private static Api.Answer invite(Api by, UUID workspace, UUID member) {
    return by.post("/api/workspaces/%s/members/%s/invitation".formatted(workspace, member), "{}");
  }

  private Api invited(UUID member) {
    return owner.as(invite(owner, at.id(), member).ok().get("token").asString());
  }

  private static Api.Answer accept(Api invitation) {
    return invitation.post("/api/tokens", "{\"name\":\"mine\"}");
  }

  @Test
  void anInvitationMakesOneTokenOfThePersonsOwn() {
    var invitation = invited(add(owner, at.id(), email, "member"));

    var own = owner.as(accept(invitation).ok().get("token").asString());

    assertThat(own.get("/api/me").ok().get("email").asString()).isEqualTo(email);
    assertThat(Api.id(own.get("/api/workspaces").ok().get(0))).isEqualTo(at.id());
    assertThat(accept(invitation).status()).isEqualTo(401);
    assertThat(invitation.get("/api/me").status()).isEqualTo(401);
  }

  @Test
  void anInvitationDoesNothingElse() {
    var invitation = invited(add(owner, at.id(), email, "admin"));

    assertThat(invitation.get("/api/me").ok().get("scope").asString()).isEqualTo("invitation");
    for (var path :
        List.of(
            "/api/workspaces",
            "/api/tokens",
            "/api/tasks?workspace_id=" + at.id(),
            "/api/workspaces/%s/members".formatted(at.id()))) {
      assertThat(invitation.get(path).status()).as(path).isEqualTo(403);
    }
    assertThat(
            invitation
                .post("/api/tasks?workspace_id=" + at.id(), "{\"title\":\"t\",\"provider\":\"x\"}")
                .status())
        .isEqualTo(403);
    assertThat(Dashboard.statusOf(invitation, at.id())).isBetween(400, 499);
    var knocking = Dashboard.knock(owner, at.id(), "");
    knocking.authenticate(invitation.token());
    assertThat(knocking.closeCode()).isEqualTo(1008);
  }

  @Test
  void aLaterInvitationTakesThePlaceOfTheFormer() {
    var member = add(owner, at.id(), email, "member");
    var former = invited(member);
    var later = invited(member);

    assertThat(accept(former).status()).isEqualTo(401);
    assertThat(accept(later).status()).isEqualTo(201);
  }

  @Test
  void whoCanSignInIsNotInvited() {
    var member = add(owner, at.id(), email, "member");
    assertThat(accept(invited(member)).status()).isEqualTo(201);

    var again = invite(owner, at.id(), member);

    assertThat(again.status()).isEqualTo(409);
    assertThat(again.text()).contains(email + " can sign in already");
  }

  @Test
  void whoHasLostTheTokenIsLetInAgainByAnOwnerAlone() {
    var member = add(owner, at.id(), email, "member");
    var own = owner.as(accept(invited(member)).ok().get("token").asString());
    var admin = users.newApi();
    users.join(users.userOf(admin), at.id(), "admin");
    own.delete("/api/tokens/" + Api.id(own.get("/api/tokens").ok().get(0)));

    assertThat(invite(admin, at.id(), member).status()).isEqualTo(403);
    assertThat(accept(invited(member)).status()).isEqualTo(201);
  }

  @ParameterizedTest
  @CsvSource({
    "owner, owner, 200",
    "owner, member, 200",
    "admin, admin, 200",
    "admin, member, 200",
    "admin, owner, 403",
    "member, member, 403"
  })
  void nobodyRisesByAnInvitation(String by, String invited, int status) {
    var caller = users.newApi();
    users.join(users.userOf(caller), at.id(), by);

    var answer = invite(caller, at.id(), add(owner, at.id(), email, invited));

    assertThat(answer.status()).isEqualTo(status);
  }

  /// Else whoever invites would be the person wherever they are a member, or become one later.
  @Test
  void whatAnInvitationMakesReachesItsWorkspaceAlone() {
    var elsewhere = users.newApi();
    var before = elsewhere.newWorkspace();
    var after = elsewhere.newWorkspace();
    add(elsewhere, before, email, "owner");
    var invitation = invited(add(owner, at.id(), email, "member"));
    assertThat(
            invitation
                .post("/api/tokens", "{\"name\":\"n\",\"workspace_id\":\"%s\"}".formatted(before))
                .status())
        .isEqualTo(400);

    var own = owner.as(accept(invitation).ok().get("token").asString());
    add(elsewhere, after, email, "owner");

    assertThat(own.get("/api/workspaces").ok()).hasSize(1);
    for (var workspace : List.of(before, after)) {
      assertThat(own.get("/api/workspaces/" + workspace).status()).isEqualTo(404);
      assertThat(Dashboard.statusOf(own, workspace)).isBetween(400, 499);
    }
    assertThat(own.post("/api/tokens", "{\"name\":\"wider\"}").status()).isEqualTo(403);
  }

  @Test
  void whoIsInTwoWorkspacesIsInvitedToEach() {
    var elsewhere = users.newApi();
    var other = elsewhere.newWorkspace();
    var there = add(elsewhere, other, email, "member");
    assertThat(accept(invited(add(owner, at.id(), email, "member"))).status()).isEqualTo(201);

    var invitation = elsewhere.as(invite(elsewhere, other, there).ok().get("token").asString());
    var own = owner.as(accept(invitation).ok().get("token").asString());

    assertThat(Api.id(own.get("/api/workspaces").ok().get(0))).isEqualTo(other);
  }

  @Test
  void aServiceUserIsNoPerson() {
    owner
        .post(
            "/api/workspaces/%s/service-tokens".formatted(at.id()),
            "{\"name\":\"d\",\"scope\":\"daemon\"}")
        .ok();
    var service =
        at.db()
            .sql(
                "SELECT m.id FROM member m JOIN app_user u ON u.id = m.user_id WHERE m.workspace_id = :id AND u.email LIKE '%@service.localhost'")
            .param("id", at.id())
            .query(UUID.class)
            .single();

    assertThat(invite(owner, at.id(), service).status()).isEqualTo(409);
  }

  @Test
  void aWorkspaceIsNotLeftToAnOwnerWhoCannotSignIn() {
    var mine = users.newApi();
    var workspace = mine.newWorkspace();
    var member = add(mine, workspace, email, "owner");
    var leave = "/api/workspaces/%s/leave".formatted(workspace);

    assertThat(mine.post(leave, "{}").status()).isEqualTo(400);

    var invitation = mine.as(invite(mine, workspace, member).ok().get("token").asString());
    assertThat(accept(invitation).status()).isEqualTo(201);
    assertThat(mine.post(leave, "{}").status()).isEqualTo(204);
  }

  @ParameterizedTest
  @CsvSource({
    "zoe\u0308, 409", // As macOS types it.
    "ZO\u00cb, 409",
    "zo\u00eb\u200b, 400",
  })
  void twoAddressesThatLookTheSameAreOne(String local, int status) {
    var host = "@" + UUID.randomUUID() + ".example";
    add(owner, at.id(), "zo\u00eb" + host, "member");

    var answer =
        owner.post(
            "/api/workspaces/%s/members".formatted(at.id()),
            "{\"email\":\"%s\"}".formatted(local + host));

    assertThat(answer.status()).as(answer.text()).isEqualTo(status);
  }
}
