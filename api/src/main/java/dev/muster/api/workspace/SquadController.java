package dev.muster.api.workspace;

import dev.muster.api.access.WorkspaceAccess;
import java.util.List;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/// Multica's squads: there are none here, and its command line asks for them when it looks for who
/// has a name.
@RestController
class SquadController {
  @GetMapping({"/api/squads", "/api/squads/"})
  List<Object> list(WorkspaceAccess access) {
    return List.of();
  }
}
