package dev.muster.api.server;

import java.util.Map;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/// Says that the api is up and answers, and what is short if it takes no more work.
@RestController
class HealthController {
  private final Headroom headroom;

  HealthController(Headroom headroom) {
    this.headroom = headroom;
  }

  @GetMapping("/health")
  Map<String, String> health() {
    return headroom
        .shortage()
        .map(shortage -> Map.of("status", "short", "reason", shortage))
        .orElse(Map.of("status", "ok"));
  }
}
