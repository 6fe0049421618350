package dev.muster.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.events.id.AgentId;
import dev.muster.events.id.ScheduleId;
import dev.muster.events.sql.Rows;
import dev.muster.tasks.command.TaskCommand;
import dev.muster.tasks.lane.Tasks;
import dev.muster.tasks.schedule.Schedule;
import dev.muster.tasks.schedule.Schedules;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A week in which clocks are changed, forwards in Berlin and backwards in Sydney, while two
/// instances race, are away for hours, and die before they commit. Each time that was due has one
/// task, or is counted as missed once.
class ScheduleWeekTest {
  private static final Instant BEGIN = Instant.parse("2030-03-30T00:00:00Z");
  private static final Instant END = Instant.parse("2030-04-08T00:00:00Z");
  private static final long SEED = Long.getLong("muster.test.seed", 20_300_330L);
  private static final Duration MINUTE = Duration.ofMinutes(1);

  private final TestWorkspace at = TestWorkspace.make();
  private final Schedules one = at.muster().dispatcherBean(Schedules.class);
  private final Schedules other = at.muster().apiBean("schedules", Schedules.class);
  private final TransactionTemplate transaction =
      new TransactionTemplate(at.muster().dispatcherBean(PlatformTransactionManager.class));
  private final SplittableRandom random = new SplittableRandom(SEED);
  private final UUID agent =
      Api.id(
          at.api()
              .post("/api/agents?workspace_id=" + at.id(), "{\"name\":\"A\",\"provider\":\"none\"}")
              .ok());

  private record Told(List<Instant> fired, List<Instant> missed, List<UUID> tasks) {
    Told() {
      this(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
    }
  }

  @Test
  void eachTimeThatIsDueHasOneTaskOrIsMissedOnce() throws InterruptedException, ExecutionException {
    var schedules =
        List.of(
            make("\"cron\":\"0 * * * *\",\"time_zone\":\"Europe/Berlin\",\"jitter_seconds\":300"),
            make("\"cron\":\"30 2 * * *\",\"time_zone\":\"Europe/Berlin\",\"overlap\":\"queue\""),
            make(
                "\"cron\":\"*/30 1-3 * *"
                    + " *\",\"time_zone\":\"Australia/Sydney\",\"overlap\":\"cancel\""),
            make("\"cron\":\"30 * * * *\",\"time_zone\":\"Australia/Sydney\",\"catch_up\":0"),
            make("\"every_seconds\":5000,\"overlap\":\"queue\",\"catch_up\":3"));

    week();

    for (var id : schedules) {
      var schedule = row(id);
      var told = told(schedule);
      var all = new ArrayList<>(told.fired());
      all.addAll(told.missed());
      var name = "%s, seed %d".formatted(schedule.title(), SEED);
      assertThat(all)
          .as(name)
          .containsExactlyInAnyOrderElementsOf(dealtWith(schedule))
          .hasSizeGreaterThan(5);
      assertThat(told.fired()).as(name).isNotEmpty();
      assertThat(schedule.fired()).as(name).isEqualTo(told.fired().size());
      assertThat(schedule.missed()).as(name).isEqualTo(told.missed().size());
      assertThat(told.tasks()).as(name).containsExactlyInAnyOrderElementsOf(tasks(id));
      assertThat(schedule.nextRunAt()).as(name).isAfter(END);
    }
    at.muster().feed().complete(at.muster(), at.id());
  }

  private void week() throws InterruptedException, ExecutionException {
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var now = BEGIN;
      while (now.isBefore(END)) {
        var isAway = random.nextInt(25) == 0;
        now = now.plus(MINUTE.multipliedBy(isAway ? random.nextInt(1_500) : random.nextInt(120)));
        now = now.isAfter(END) ? END : now;
        if (random.nextInt(3) == 0) {
          die(now);
        }
        fire(threads, now);
        if (random.nextBoolean()) {
          endRuns();
        }
      }
    }
  }

  /// All that an instance does in a transaction that is not committed.
  private void die(Instant now) {
    for (var due : due(now)) {
      transaction.executeWithoutResult(status -> {
        var _ = one.fire(due, now);
        status.setRollbackOnly();
      });
    }
  }

  private void fire(ExecutorService threads, Instant now)
      throws InterruptedException, ExecutionException {
    while (!due(now).isEmpty()) {
      for (var done : threads.invokeAll(List.of(firing(one, now), firing(other, now)))) {
        var _ = done.get();
      }
    }
  }

  private static Callable<Integer> firing(Schedules schedules, Instant now) {
    return () -> schedules.fireDue(now);
  }

  private void endRuns() {
    var _ =
        at.muster()
            .apiBean("tasks", Tasks.class)
            .alone(
                new TaskCommand.CancelOpen(
                    new TaskCommand.Scope.OfAgent(new AgentId(agent)), true, null));
  }

  private List<ScheduleId> due(Instant now) {
    return at
        .db()
        .sql("SELECT id FROM schedule WHERE workspace_id = :w AND next_run_at <= :now")
        .param("w", at.id())
        .param("now", now.atOffset(ZoneOffset.UTC))
        .query(Rows.id())
        .list()
        .stream()
        .map(ScheduleId::new)
        .toList();
  }

  /// A schedule whose time begins with the week.
  private UUID make(String recurrence) {
    var body =
        "{\"title\":\"%s\",\"agent_id\":\"%s\",%s}"
            .formatted(recurrence.replace('"', '\''), agent, recurrence);
    var id = Api.id(at.api().post("/api/schedules?workspace_id=" + at.id(), body).ok());
    var first = row(id).recurrence().next(BEGIN).orElseThrow().atOffset(ZoneOffset.UTC);
    at.db()
        .sql("UPDATE schedule SET due_at = :first, next_run_at = :first WHERE id = :id")
        .param("first", first)
        .param("id", id)
        .update();
    return id;
  }

  private Schedule row(UUID id) {
    return at.db()
        .sql("SELECT %s FROM schedule s WHERE s.id = :id".formatted(Schedule.COLUMNS))
        .param("id", id)
        .query(Rows.of(Schedule.class))
        .single();
  }

  /// All times before the one that is due next; with its jitter that is after the end.
  private static List<Instant> dealtWith(Schedule schedule) {
    var due = Objects.requireNonNull(schedule.dueAt());
    assertThat(due).isAfter(END.minus(Duration.ofMinutes(5)));
    return until(due.minusNanos(1), schedule);
  }

  private static List<Instant> until(Instant end, Schedule schedule) {
    var times = new ArrayList<Instant>();
    var next = schedule.recurrence().next(BEGIN);
    while (next.isPresent() && !next.get().isAfter(end)) {
      times.add(next.get());
      next = schedule.recurrence().next(next.get());
    }
    return times;
  }

  private List<UUID> tasks(UUID schedule) {
    return at.db()
        .sql("SELECT id FROM task WHERE schedule_id = :schedule")
        .param("schedule", schedule)
        .query(Rows.id())
        .list();
  }

  /// What the feed says of a schedule.
  private Told told(Schedule schedule) {
    var told = new Told();
    at.db()
        .sql(
            """
            SELECT type, data::text AS data
              FROM (SELECT type, subject_id, data FROM event_log UNION ALL SELECT type, subject_id, data FROM outbox) e
             WHERE subject_id = :id AND type IN ('schedule.fired', 'schedule.missed')
            """)
        .param("id", schedule.id())
        .query(row -> {
          var data = JsonMapper.shared().readTree(row.getString("data"));
          if (row.getString("type").equals("schedule.fired")) {
            told.fired().add(instant(data, "due_at"));
            told.tasks().add(UUID.fromString(data.get("task_id").asString()));
          } else {
            told.missed().addAll(missed(schedule, data));
          }
        });
    return told;
  }

  /// The times of an event: those from the first to the last.
  private static List<Instant> missed(Schedule schedule, JsonNode data) {
    var first = instant(data, "first_due_at");
    var last = instant(data, "last_due_at");
    var times = until(last, schedule).stream().filter(time -> !time.isBefore(first)).toList();
    assertThat(times).hasSize(data.get("count").asInt());
    return times;
  }

  private static Instant instant(JsonNode data, String member) {
    return Instant.parse(data.get(member).asString());
  }

  /// Under `cancel` and `skip` one run is open at most, however the instances race.
  @Test
  void whatOverlapsIsDealtWithAsTheScheduleSays() throws InterruptedException, ExecutionException {
    var open = Map.of("skip", 1, "cancel", 1, "queue", 4);
    var ids =
        open.keySet().stream()
            .map(overlap ->
                "\"every_seconds\":600,\"starts_at\":\"%s\",\"overlap\":\"%s\""
                    .formatted(BEGIN.plusSeconds(600), overlap))
            .map(this::make)
            .toList();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (var run = 1; run <= 4; run++) {
        fire(threads, BEGIN.plusSeconds(600L * run + 5));
      }
    }

    for (var id : ids) {
      var schedule = row(id);
      assertThat(open(id)).as(schedule.overlap()).isEqualTo(open.get(schedule.overlap()));
      assertThat(schedule.fired()).isEqualTo(schedule.overlap().equals("skip") ? 1 : 4);
      assertThat(schedule.missed()).isEqualTo(schedule.overlap().equals("skip") ? 3 : 0);
    }
    at.muster().feed().complete(at.muster(), at.id());
  }

  private int open(UUID schedule) {
    return at.db()
        .sql(
            "SELECT count(*) FROM task WHERE schedule_id = :schedule AND status IN ('queued',"
                + " 'dispatched', 'running')")
        .param("schedule", schedule)
        .query(Integer.class)
        .single();
  }
}
