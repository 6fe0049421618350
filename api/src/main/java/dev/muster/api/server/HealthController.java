package dev.muster.api.server;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/// Says that the api is up and answers, and what is short if it takes no more work.
@RestController
class HealthController {
  private final Headroom headroom;
  private final @Nullable Startup startup;

  HealthController(Headroom headroom, ObjectProvider<Startup> startup) {
    this.headroom = headroom;
    this.startup = startup.getIfAvailable();
  }

  @GetMapping("/health")
  ResponseEntity<Map<String, String>> health() {
    if (startup != null && !startup.isOver()) {
      return ResponseEntity.status(HttpStatus.SERVICE_UNAVAILABLE)
          .body(Map.of("status", "starting"));
    }
    return ResponseEntity.ok(
        headroom
            .shortage()
            .map(shortage -> Map.of("status", "short", "reason", shortage))
            .orElse(Map.of("status", "ok")));
  }
}
