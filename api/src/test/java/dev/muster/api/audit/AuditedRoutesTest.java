package dev.muster.api.audit;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

/// Each route of the reference that changes something is in the audit log, or is known not to be.
class AuditedRoutesTest {
  private static final List<String> CHANGING = List.of("POST", "PUT", "PATCH", "DELETE");

  /// Work rather than settings, which names its author itself; what daemons do; and what is of no
  /// workspace: a person's own tokens, a new workspace, one that is gone with its log.
  private static final Pattern NOT_IN_THE_LOG =
      Pattern.compile(
          "\\w+ /api/(daemon|issues|comments|tasks|tokens|cli-token|upload-file)(/.*)?"
              + "|\\w+ /oidc/token|POST /api/workspaces|DELETE /api/workspaces/\\{id}"
              + "|POST /api/runtimes/\\{id}/(ping|update|models)(/.*)?");

  @Test
  void nothingThatChangesSettingsIsMissing() {
    var paths = JsonMapper.shared().readTree(Path.of("../docs/openapi.json").toFile()).get("paths");
    var missing = new TreeSet<String>();
    paths.forEachEntry((path, operations) ->
        operations.forEachEntry((method, _) -> {
          var route = method.toUpperCase(Locale.ROOT) + " " + path;
          if (CHANGING.contains(method.toUpperCase(Locale.ROOT))
              && !NOT_IN_THE_LOG.matcher(route).matches()
              && AuditedRoutes.of(route).isEmpty()) {
            missing.add(route);
          }
        }));

    assertThat(paths.size()).isGreaterThan(50);
    assertThat(missing).isEmpty();
  }
}
