package dev.muster.api.heartbeat;

import dev.muster.api.access.Caller;
import dev.muster.api.edge.JsonBody;
import dev.muster.api.edge.Limits;
import dev.muster.api.edge.Refused;
import dev.muster.api.edge.StorableText;
import java.util.Map;
import java.util.Objects;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/// The routes of pings, for people and for daemons.
@RestController
class PingController {
  private final RuntimeDirectory directory;
  private final Pings pings;

  PingController(RuntimeDirectory directory, Pings pings) {
    this.directory = directory;
    this.pings = pings;
  }

  @PostMapping("/api/runtimes/{id}/ping")
  Pings.Ping ping(Caller caller, @PathVariable String id) {
    return pings.create(directory.require(caller, id).runtime());
  }

  @GetMapping("/api/runtimes/{id}/ping/{ping}")
  Pings.Ping find(Caller caller, @PathVariable String id, @PathVariable String ping) {
    return directory
        .find(caller, id)
        .flatMap(found -> pings.find(found.runtime(), StorableText.of(ping)))
        .orElseThrow(() -> Refused.notFound("ping not found"));
  }

  @PostMapping("/api/daemon/runtimes/{id}/ping/{ping}/result")
  Map<String, String> result(
      Caller caller,
      @PathVariable String id,
      @PathVariable String ping,
      @JsonBody Pings.Result result) {
    directory
        .find(caller, id)
        .ifPresent(found ->
            pings.answer(
                found.runtime(),
                StorableText.of(ping),
                "completed".equals(result.status()) ? "completed" : "failed",
                StorableText.cut(Objects.requireNonNullElse(result.output(), ""), Limits.OUTPUT),
                StorableText.cut(Objects.requireNonNullElse(result.error(), ""), Limits.OUTPUT),
                Objects.requireNonNullElse(result.durationMs(), 0L)));
    return Map.of("status", "ok");
  }
}
