package dev.muster.standalone.demo;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Makes the workspace of the demonstration, its skills and its agents, or finds what an earlier
/// run has made.
final class Scene {
  private static final List<Map<String, Object>> TRIGGERS =
      List.of(
          Map.of("type", "on_assign", "enabled", true, "config", Map.of()),
          Map.of("type", "on_comment", "enabled", true, "config", Map.of()));

  private final Rest rest;
  private final String workspace;

  private Scene(Rest rest, String workspace) {
    this.rest = rest;
    this.workspace = workspace;
  }

  static Scene in(Rest rest) throws IOException, InterruptedException {
    var made =
        make(
            rest,
            "/api/workspaces",
            "slug",
            Map.of("name", "Demo", "slug", "demo", "issue_prefix", "DEMO"));
    return new Scene(rest, made);
  }

  String workspace() {
    return workspace;
  }

  /// Two agents that each name a runtime, and one that works on any that has Claude. Returns their
  /// ids.
  List<String> agents(String frontend, String reviewer) throws IOException, InterruptedException {
    var skills =
        List.of(
            skill(
                "tests-first",
                "Write the failing test first. One behaviour a test; its name is a sentence.",
                Map.of("checklist.md", "- fails without the change\n- does not sleep\n")),
            skill(
                "small-changes",
                "One change a commit. The subject says the effect, the body says why.",
                Map.of(
                    "template.md", "Effect\n\nWhy, and what else was tried.\n",
                    "examples/good.md",
                        "Totals are rounded once\n\nTwo places did, differently.\n")));
    var agents =
        List.of(
            agent(
                "Frontend",
                "You work on the web client. Keep it usable with the keyboard.",
                Map.of("runtime_id", frontend)),
            agent(
                "Reviewer",
                "You look for what is missing: tests, errors, limits.",
                Map.of("runtime_id", reviewer)),
            agent(
                "Backend",
                "You work on services and their database. Measure before you tune.",
                Map.of("provider", "claude", "max_concurrent_tasks", 4)));
    for (var agent : agents) {
      rest.put("/api/agents/" + agent + "/skills", Map.of("skill_ids", skills));
    }
    return agents;
  }

  /// The agent that works on any runtime of the provider `shell`. Returns its id.
  String shellAgent() throws IOException, InterruptedException {
    return agent(
        "Shell", "You are a line of shell. Say so.", Map.of("provider", ShellRuntime.PROVIDER));
  }

  private String skill(String name, String content, Map<String, String> contentsByPath)
      throws IOException, InterruptedException {
    var files = new ArrayList<Map<String, Object>>();
    contentsByPath.forEach((path, text) -> files.add(Map.of("path", path, "content", text)));
    return make(
        rest,
        "/api/skills?workspace_id=" + workspace,
        "name",
        Map.of("name", name, "content", content, "files", files));
  }

  private String agent(String name, String instructions, Map<String, Object> placement)
      throws IOException, InterruptedException {
    var agent = new HashMap<>(placement);
    agent.putAll(Map.of("name", name, "instructions", instructions, "triggers", TRIGGERS));
    return make(rest, "/api/agents?workspace_id=" + workspace, "name", agent);
  }

  /// The id of the list's element that has the same key; of a new one if there is none.
  private static String make(Rest rest, String list, String key, Map<String, Object> element)
      throws IOException, InterruptedException {
    var found = rest.find(list, key, String.valueOf(element.get(key)));
    return (found.isPresent() ? found.get() : rest.post(list, element)).path("id").asString("");
  }
}
