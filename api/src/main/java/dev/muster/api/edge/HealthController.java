package dev.muster.api.edge;

import java.util.Map;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/// Says that the api is up and answers.
@RestController
class HealthController {
  @GetMapping("/health")
  Map<String, String> health() {
    return Map.of("status", "ok");
  }
}
