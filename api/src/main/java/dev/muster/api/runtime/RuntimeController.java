package dev.muster.api.runtime;

import dev.muster.api.access.Caller;
import dev.muster.api.access.WorkspaceAccess;
import dev.muster.api.edge.Input;
import dev.muster.api.edge.JsonBody;
import dev.muster.api.edge.LargeAnswer;
import dev.muster.api.edge.Limits;
import dev.muster.api.edge.NextLink;
import dev.muster.api.edge.Refused;
import dev.muster.api.edge.RowCursor;
import dev.muster.api.heartbeat.RuntimeDirectory;
import jakarta.servlet.http.HttpServletRequest;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/// What people see of runtimes, and the usage that daemons report.
@RestController
class RuntimeController {
  private static final int DAYS_DEFAULT = 90;
  private static final int DAYS_MAX = 365;
  private static final int YEAR_MAX = 9_999;
  private static final int ENTRIES_MAX = 20_000;

  private final RuntimeStore runtimes;
  private final RuntimeDirectory directory;
  private final UsageStore usages;

  RuntimeController(RuntimeStore runtimes, RuntimeDirectory directory, UsageStore usages) {
    this.runtimes = runtimes;
    this.directory = directory;
    this.usages = usages;
  }

  @LargeAnswer
  @GetMapping({"/api/runtimes", "/api/runtimes/"})
  ResponseEntity<List<RuntimeView>> list(
      WorkspaceAccess access,
      @RequestParam(required = false) @Nullable String cursor,
      @RequestParam(required = false) @Nullable String limit,
      HttpServletRequest request) {
    var rows = Input.limit(limit, Limits.ELEMENTS);
    var page = runtimes.list(access.workspace(), RowCursor.Order.RUNTIMES.parse(cursor), rows);
    var next = page.next(last -> RowCursor.Order.RUNTIMES.cursor(last.createdAt(), last.id()));
    return NextLink.answer(request, page.rows(), "cursor", next);
  }

  /// The usage of the last `days` days, 90 where it is missing or not between 1 and 365.
  @GetMapping("/api/runtimes/{id}/usage")
  List<UsageStore.Usage> usage(
      Caller caller, @PathVariable String id, @RequestParam Optional<String> days) {
    var runtime = directory.require(caller, id).runtime();
    return usages.ofLastDays(runtime, days.flatMap(RuntimeController::days).orElse(DAYS_DEFAULT));
  }

  private static Optional<Integer> days(String days) {
    try {
      return Optional.of(Integer.parseInt(days)).filter(n -> n >= 1 && n <= DAYS_MAX);
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }

  @GetMapping("/api/runtimes/{id}/activity")
  List<UsageStore.Hour> activity(Caller caller, @PathVariable String id) {
    return usages.activity(directory.require(caller, id).runtime());
  }

  record UsageRequest(@Nullable List<@Nullable UsageEntry> entries) {}

  record UsageEntry(
      @Nullable String date,
      @Nullable String provider,
      @Nullable String model,
      long inputTokens,
      long outputTokens,
      long cacheReadTokens,
      long cacheWriteTokens) {}

  private record Key(LocalDate date, String provider, String model) {}

  /// Takes a daemon's totals. Entries without a date that can be read are left out, and the answer
  /// says how many; of two for the same day, provider and model the later counts.
  @PostMapping("/api/daemon/runtimes/{id}/usage")
  Map<String, Object> report(
      Caller caller, @PathVariable String id, @JsonBody UsageRequest request) {
    var entries = Input.list("entries", request.entries(), ENTRIES_MAX);
    var found = directory.find(caller, id);
    if (found.isEmpty()) {
      return Map.of("status", "ok");
    }
    var runtime = found.get().runtime();
    var read = entries.stream().flatMap(entry -> usage(runtime.value(), entry).stream()).toList();
    var latest = new LinkedHashMap<Key, UsageStore.Usage>();
    read.forEach(u -> latest.put(new Key(u.date(), u.provider(), u.model()), u));
    if (!latest.isEmpty()) {
      usages.replace(found.get().workspace(), runtime, List.copyOf(latest.values()));
    }
    var leftOut = entries.size() - read.size();
    return leftOut == 0 ? Map.of("status", "ok") : Map.of("status", "ok", "left_out", leftOut);
  }

  /// A date with a year of four digits; others are not the seed's, nor all of them Postgres's.
  private static LocalDate date(String text) {
    var date = LocalDate.parse(text);
    if (date.getYear() < 1 || date.getYear() > YEAR_MAX) {
      throw new DateTimeException("not a year of four digits");
    }
    return date;
  }

  /// Fewer than none would give back what others have used of a budget.
  private static long tokens(String field, long tokens) {
    if (tokens < 0) {
      throw Refused.invalid(field, "must not be negative");
    }
    return tokens;
  }

  private static Optional<UsageStore.Usage> usage(UUID runtime, @Nullable UsageEntry entry) {
    if (entry == null || entry.date() == null) {
      return Optional.empty();
    }
    try {
      var provider = Input.orElse("entries.provider", entry.provider(), "", Limits.PROVIDER);
      var model = Input.orElse("entries.model", entry.model(), "", Limits.NAME);
      return Optional.of(
          new UsageStore.Usage(
              runtime,
              date(Objects.requireNonNull(entry.date())),
              provider,
              model,
              tokens("entries.input_tokens", entry.inputTokens()),
              tokens("entries.output_tokens", entry.outputTokens()),
              tokens("entries.cache_read_tokens", entry.cacheReadTokens()),
              tokens("entries.cache_write_tokens", entry.cacheWriteTokens())));
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }
}
