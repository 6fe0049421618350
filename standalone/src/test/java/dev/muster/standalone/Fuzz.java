package dev.muster.standalone;

import java.util.List;
import java.util.SplittableRandom;

/// Makes requests that are nearly right, the same ones for the same seed.
final class Fuzz {
  private static final List<String> VALUES =
      List.of(
          "null",
          "true",
          "0",
          "-1",
          "1.5",
          "1e9",
          "2147483648",
          "9223372036854775807",
          "\"\"",
          "\" \"",
          "\"a\"",
          "\"\\u0000\"",
          "\"\\ud800\"",
          "\"\\u202e\\ufeff\"",
          "[]",
          "{}",
          "[null]",
          "[{}]",
          "[[]]",
          "{\"a\":null}",
          "\"00000000-0000-0000-0000-000000000000\"",
          "\"2026-13-45T99:99:99Z\"",
          "\"9999-12-31T23:59:59Z\"",
          "\"0000-01-01T00:00:00Z\"",
          "\"todo\"",
          "\"agent\"",
          "\"urgent\"",
          "\"\uD83D\uDE00\"",
          "\"{issue}\"",
          "\"{agent}\"",
          "\"{runtime}\"",
          "\"{skill}\"",
          "\"{comment}\"",
          "\"{workspace}\"",
          "1e400",
          "-0.0",
          "9".repeat(1_000),
          "-" + "9".repeat(1_000) + ".5e-3",
          "1e3",
          "1E3",
          "5.0",
          "0.1e1",
          "1e999999999",
          "-1e-999999999",
          "\"5\"",
          "\"1e3\"",
          "\"" + "9".repeat(1_000) + "\"",
          "\"NaN\"",
          "\"Infinity\"",
          "\"٣\"",
          "\"2026-11-26\"",
          "\"2026-11-26T10:20:30Z\"",
          "\"2026-11-26t10:20:30z\"",
          "\"2026-11-26T10:20:60Z\"",
          "\"2026-11-26T24:00:00Z\"",
          "\"2026-11-26T10:20:30+99:99\"",
          "\"+1000000000-01-01T00:00:00Z\"",
          "\"2026-11-26T10:20:30\"",
          "\"PT5M\"",
          "\"2026-11-26T10:20:30.123456789+01:00\"",
          "\"2026-11-26 10:20:30Z\"",
          "\"{foreign_agent}\"",
          "\"{foreign_runtime}\"",
          "\"{foreign_issue}\"",
          "\"{foreign_skill}\"",
          "[\"{foreign_skill}\",\"{foreign_runtime}\"]",
          "[{\"id\":\"{foreign_running}\",\"claim_generation\":1e3}]",
          "[{\"id\":\"{foreign_running}\",\"claim_generation\":\"1\"}]",
          "{\"a\":" + "9".repeat(1_000) + ",\"b\":1e999999999}",
          "{\"a\":\"{foreign_agent}\",\"b\":{\"runtime_id\":\"{foreign_runtime}\"}}",
          "{\"id\":\"{foreign_agent}\",\"agent\":{\"runtime_id\":\"{foreign_runtime}\"}}",
          "[{\"id\":\"{foreign_task}\",\"seq\":1e400,\"path\":\"a\",\"zzz\":{\"yyy\":1}}]");
  private static final List<String> UNKNOWN =
      List.of("zzz", "max_attemps", "run_at", "", "Title", "__proto__", "id");
  private static final List<String> HEADERS =
      List.of(
          "",
          "",
          "",
          "Prefer: wait=0\r\n",
          "Claim-Generation: 7\r\n",
          "X-Workspace-ID: {workspace}\r\n",
          "Content-Type: application/x-www-form-urlencoded\r\n",
          "Accept: text/html\r\n",
          "X-Workspace-ID: \u00E9\r\n",
          "Idempotency-Key: k\r\n");

  private final SplittableRandom random;
  private final World foreign;

  /// @param foreign a world that the requests must not reach
  Fuzz(long seed, World foreign) {
    random = new SplittableRandom(seed);
    this.foreign = foreign;
  }

  /// A request as [RawHttp] sends it.
  record Request(String method, String target, String headers, String body) {}

  Request next(World world) {
    var route = oneOf(Routes.ALL);
    // What would end the world makes all that follows it uninteresting.
    while (route.name().matches("DELETE .*|.*/leave|PATCH .*members.*")) {
      route = oneOf(Routes.ALL);
    }
    var query = random.nextInt(8) == 0 ? (route.path().contains("?") ? "&" : "?") + "stat=1" : "";
    var path = (random.nextInt(10) == 0 ? mutated(route.path()) : route.path()) + query;
    return new Request(
        route.method(),
        target(world.fill(path)),
        world.fill(oneOf(HEADERS)),
        world.fill(foreign(route.body() == null ? "" : body(route))));
  }

  private String foreign(String body) {
    var filled = body.replace("{foreign_task}", "{foreign_running}");
    for (var id : foreign.ids().entrySet()) {
      filled = filled.replace("{foreign_" + id.getKey() + "}", id.getValue());
    }
    return filled;
  }

  /// What cannot stand in a request line would only test the connector, which has a test.
  private static String target(String path) {
    return "/" + path.replaceAll("[\\s\\u0000-\\u001F]", "").replaceFirst("^/+", "");
  }

  private String body(Routes.Route route) {
    var fields = List.copyOf(route.fields().keySet());
    var body = new StringBuilder("{");
    for (var i = random.nextInt(4); i >= 0; i--) {
      body.append(body.length() > 1 ? "," : "")
          .append('"')
          .append(fields.isEmpty() || random.nextInt(6) == 0 ? oneOf(UNKNOWN) : oneOf(fields))
          .append("\":")
          .append(oneOf(VALUES));
    }
    var whole = body.append('}').toString();
    return switch (random.nextInt(8)) {
      case 0 -> mutated(whole);
      case 1 -> String.valueOf(route.body());
      default -> whole;
    };
  }

  private String mutated(String text) {
    var at = random.nextInt(text.length());
    return switch (random.nextInt(4)) {
      case 0 -> text.substring(0, at);
      case 1 -> text.substring(0, at) + text.substring(at + 1);
      case 2 -> text.substring(0, at) + (char) random.nextInt(33, 0x250) + text.substring(at);
      default -> text + text.substring(at);
    };
  }

  private <T> T oneOf(List<T> all) {
    return all.get(random.nextInt(all.size()));
  }
}
