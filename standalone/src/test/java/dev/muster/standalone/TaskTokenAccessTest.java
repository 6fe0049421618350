package dev.muster.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/// What an agent's token opens, and what it does not, route by route.
class TaskTokenAccessTest {
  private final TestWorkspace at = TestWorkspace.make();
  private final TodayDaemon daemon = TodayDaemon.start(at.api(), at.id(), "access-" + at.id());

  /// Method, path, and what is answered to the token of a running claim.
  private static final String TABLE =
      """
      GET    /api/me                                            200
      GET    /api/workspaces                                    200
      GET    /api/workspaces/{ws}                               200
      GET    /api/workspaces/{ws}/members                       200
      GET    /api/agents?workspace_id={ws}                      200
      GET    /api/issues?workspace_id={ws}                      200
      GET    /api/issues/{issue}                                200
      GET    /api/issues/{issue}/comments                       200
      POST   /api/issues/{issue}/comments                       400
      PUT    /api/issues/{issue}                                200
      POST   /api/issues?workspace_id={ws}                      400
      DELETE /api/issues/{issue}                                403
      POST   /api/issues/{issue}/rerun                          403
      GET    /api/issues/{issue}/children                       200
      GET    /api/issues/{issue}/task-runs                      200
      GET    /api/issues/{issue}/metadata                       200
      GET    /api/squads?workspace_id={ws}                      200
      POST   /api/upload-file                                   422
      GET    /api/tasks/{task}                                  200
      GET    /api/tasks/{task}/messages                         200
      POST   /api/tasks/{foreign}/cancel                        403
      POST   /api/tasks/{foreign}/rerun                         403
      POST   /api/tasks?workspace_id={ws}                       403
      POST   /api/dead-letters/redrive?workspace_id={ws}        403
      GET    /api/tokens                                        403
      POST   /api/tokens                                        403
      POST   /api/cli-token                                     403
      POST   /api/tokens/current/renew                          403
      GET    /api/workspaces/{ws}/service-tokens                403
      POST   /api/workspaces/{ws}/service-tokens                403
      GET    /api/workspaces/{ws}/token-audit                   403
      GET    /api/workspaces/{ws}/audit-log                     403
      POST   /api/workspaces                                    403
      PUT    /api/workspaces/{ws}                               403
      DELETE /api/workspaces/{ws}                               403
      POST   /api/workspaces/{ws}/members                       403
      POST   /api/agents?workspace_id={ws}                      403
      PUT    /api/agents/{agent}                                403
      DELETE /api/agents/{agent}                                403
      POST   /api/skills?workspace_id={ws}                      403
      POST   /api/runtimes/{runtime}/pause                      403
      GET    /api/workspaces/{other}                            404
      GET    /api/issues?workspace_id={other}                   404
      GET    /metrics                                           403
      POST   /api/daemon/register                               401
      POST   /api/daemon/heartbeat                              401
      POST   /api/daemon/tasks/claim                            401
      POST   /api/daemon/tasks/{task}/start                     401
      POST   /api/daemon/tasks/{task}/complete                  401
      POST   /api/daemon/tasks/{foreign}/complete               401
      GET    /api/daemon/tasks/{task}/status                    401
      """;

  @Test
  void eachRouteAnswersATaskTokenAsTheTableSays() {
    var agent = at.newAgent(daemon.runtime(), "");
    var issue = at.api().newIssue(at.id(), agent);
    var claimed = daemon.claimAndStart();
    var token = daemon.agent(claimed);
    var foreign = at.newTask(at.newAgent(daemon.runtime(), ""), "");
    var other = at.api().newWorkspace();

    var answered = new StringBuilder();
    TABLE
        .lines()
        .map(line -> line.split("\\s+"))
        .forEach(row -> {
          var path =
              row[1]
                  .replace("{ws}", at.id().toString())
                  .replace("{issue}", issue.toString())
                  .replace("{task}", Api.id(claimed).toString())
                  .replace("{foreign}", foreign.toString())
                  .replace("{agent}", agent.toString())
                  .replace("{runtime}", daemon.runtime().toString())
                  .replace("{other}", other.toString());
          var body = row[0].equals("GET") || row[0].equals("DELETE") ? null : "{}";
          answered.append(
              "%-6s %-50s %d%n".formatted(row[0], row[1], token.send(row[0], path, body).status()));
        });
    daemon.complete(Api.id(claimed), "done").ok();

    assertThat(answered.toString()).isEqualTo(TABLE);
    assertThat(token.get("/api/me").status()).isEqualTo(401);
    assertThat(token.post("/api/daemon/tasks/" + foreign + "/start", "{}").status()).isEqualTo(401);
  }

  @Test
  void anAgentIsNoMoreThanAMemberWhateverItsDaemonsUserIs() {
    var agent = at.newAgent(daemon.runtime(), "");
    var issue = at.api().newIssue(at.id(), agent);
    var claimed = daemon.claimAndStart();
    var comment =
        Api.id(at.api().post("/api/issues/" + issue + "/comments", "{\"content\":\"c\"}").ok());

    assertThat(daemon.agent(claimed).delete("/api/comments/" + comment).status()).isEqualTo(403);
  }
}
