package dev.muster.api.workspace;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.muster.api.access.Caller;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What a daemon asks of workspaces.
@RestController
class DaemonWorkspaceController {
  /// What a daemon knows of a workspace's settings.
  private static final List<String> SETTINGS = List.of("github_enabled", "co_authored_by_enabled");

  private final Workspaces workspaces;
  private final WorkspaceStore store;
  private final JsonMapper json;

  DaemonWorkspaceController(Workspaces workspaces, WorkspaceStore store, JsonMapper json) {
    this.workspaces = workspaces;
    this.store = store;
    this.json = json;
  }

  record Served(UUID id, String name) {}

  /// The workspaces that the token reaches; 304 if they are those the daemon knows.
  @GetMapping("/api/daemon/workspaces")
  ResponseEntity<@Nullable List<Served>> list(
      Caller caller,
      @RequestHeader(name = HttpHeaders.IF_NONE_MATCH, required = false) @Nullable String known) {
    var served =
        store.list(caller.workspaces()).stream()
            .map(workspace -> new Served(workspace.id(), workspace.name()))
            .sorted(Comparator.comparing(Served::id))
            .toList();
    var tag = "W/\"%s\"".formatted(version(json.writeValueAsString(served)));
    var isKnown = known != null && known.contains(tag);
    return ResponseEntity.status(isKnown ? HttpStatus.NOT_MODIFIED : HttpStatus.OK)
        .header(HttpHeaders.ETAG, tag)
        .cacheControl(CacheControl.noCache().cachePrivate())
        .body(isKnown ? null : served);
  }

  /// A text that is another one for other content.
  private static String version(String content) {
    return UUID.nameUUIDFromBytes(content.getBytes(UTF_8)).toString().replace("-", "");
  }

  record Repo(
      String url, @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String description) {}

  record Repos(
      UUID workspaceId, List<Repo> repos, String reposVersion, Map<String, Boolean> settings) {}

  /// The repositories that agents of the workspace may check out.
  @GetMapping("/api/daemon/workspaces/{id}/repos")
  Repos repos(Caller caller, @PathVariable String id) {
    var workspace = workspace(caller, id);
    var repos =
        json.readTree(workspace.repos())
            .valueStream()
            .filter(repo -> !repo.path("url").asStringOpt().orElse("").isBlank())
            .map(repo ->
                new Repo(
                    repo.path("url").asString().strip(),
                    repo.path("description").asStringOpt().orElse(null)))
            .toList();
    var urls = repos.stream().map(Repo::url).sorted().collect(Collectors.joining("\n"));
    return new Repos(
        workspace.id(), repos, version(urls), settings(json.readTree(workspace.settings())));
  }

  private static Map<String, Boolean> settings(JsonNode all) {
    var known = new TreeMap<String, Boolean>();
    for (var name : SETTINGS) {
      if (all.path(name).isBoolean()) {
        known.put(name, all.path(name).booleanValue());
      }
    }
    return known;
  }

  record Profiles(UUID workspaceId, List<Object> runtimeProfiles) {}

  /// There are no profiles: a runtime is what its daemon finds on the machine.
  @GetMapping("/api/daemon/workspaces/{id}/runtime-profiles")
  Profiles profiles(Caller caller, @PathVariable String id) {
    return new Profiles(workspace(caller, id).id(), List.of());
  }

  private WorkspaceView workspace(Caller caller, String id) {
    var workspace = Workspaces.id(id);
    caller.memberOf(workspace, Workspaces.NOT_FOUND);
    return workspaces.find(workspace);
  }
}
