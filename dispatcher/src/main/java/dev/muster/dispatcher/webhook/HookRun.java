package dev.muster.dispatcher.webhook;

import dev.muster.events.Event;
import dev.muster.events.EventCodec;
import dev.muster.events.webhook.Signature;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;

/// Delivers to one webhook that was leased, batch by batch, for as long as a turn lasts.
///
/// Of a batch, the events of one subject are sent one after the other, those of several subjects at
/// the same time. What is not taken is kept, and so are the later events of its subject. Only then
/// does the position move: who dies before that has moved nothing, and the same events are sent
/// again under the same ids.
final class HookRun {
  /// How many events of one webhook are sent at once.
  static final int AT_ONCE = 4;

  private static final Duration TURN = Duration.ofSeconds(30);

  /// How long sending of one batch may begin.
  private static final Duration BATCH = Duration.ofSeconds(20);

  private final Deliveries deliveries;
  private final Sender sender;
  private final BooleanSupplier isStopping;
  private final long startNanos = System.nanoTime();

  HookRun(Deliveries deliveries, Sender sender, BooleanSupplier isStopping) {
    this.deliveries = deliveries;
    this.sender = sender;
    this.isStopping = isStopping;
  }

  /// Returns whether something was done, so that there may be more.
  boolean run(Hook leased) throws InterruptedException {
    if (leased.administers() == null) {
      deliveries.disable(leased, "author_gone");
      return false;
    }
    var epoch = deliveries.epoch();
    var hasWorked = false;
    var hook = deliveries.skipDropped(leased);
    while (hook.isPresent()) {
      var batch = isOver(TURN, startNanos) ? Optional.<Batch>empty() : deliveries.next(hook.get());
      if (batch.isEmpty()) {
        deliveries.release(hook.get());
        return hasWorked;
      }
      hasWorked = true;
      hook = deliveries.settle(hook.get(), batch.get(), outcomes(hook.get(), batch.get(), epoch));
    }
    return hasWorked;
  }

  private boolean isOver(Duration time, long sinceNanos) {
    return isStopping.getAsBoolean() || System.nanoTime() - sinceNanos > time.toNanos();
  }

  /// A batch that is being sent.
  ///
  /// @param wantsQuiet whether the server has asked to be left alone meanwhile, with all events
  private record Begun(Hook hook, String epoch, long sinceNanos, AtomicBoolean wantsQuiet) {}

  private record Sending(Item item, Event event) {}

  private List<Outcome> outcomes(Hook hook, Batch batch, String epoch) throws InterruptedException {
    var bySubject = new LinkedHashMap<UUID, List<Sending>>();
    var outcomes = new ArrayList<Outcome>();
    for (var again : batch.again()) {
      bySubject
          .computeIfAbsent(again.item().subject(), _ -> new ArrayList<>())
          .add(new Sending(again.item(), again.event()));
    }
    for (var event : batch.fresh()) {
      var item = new Item(event.position(), event.name(), event.subject(), 0);
      if (batch.blocked().contains(event.subject())) {
        outcomes.add(new Outcome(item, new Answer.Unsent()));
      } else {
        bySubject
            .computeIfAbsent(event.subject(), _ -> new ArrayList<>())
            .add(new Sending(item, event));
      }
    }
    var begun = new Begun(hook, epoch, System.nanoTime(), new AtomicBoolean());
    outcomes.addAll(sent(begun, List.copyOf(bySubject.values())));
    return outcomes;
  }

  private List<Outcome> sent(Begun batch, List<List<Sending>> subjects)
      throws InterruptedException {
    var places = new Semaphore(AT_ONCE);
    var work =
        subjects.stream()
            .<Callable<List<Outcome>>>map(subject ->
                () -> {
                  places.acquire();
                  try {
                    return inOrder(batch, subject);
                  } finally {
                    places.release();
                  }
                })
            .toList();
    if (work.size() == 1) {
      return inOrder(batch, subjects.getFirst());
    }
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      return threads.invokeAll(work).stream()
          .map(HookRun::outcome)
          .flatMap(List::stream)
          .collect(Collectors.toList());
    }
  }

  private static List<Outcome> outcome(Future<List<Outcome>> done) {
    try {
      return done.get();
    } catch (ExecutionException e) {
      throw new IllegalStateException("a delivery ended unexpectedly", e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  private List<Outcome> inOrder(Begun batch, List<Sending> subject) {
    var outcomes = new ArrayList<Outcome>();
    var goesOn = true;
    for (var each : subject) {
      goesOn = goesOn && mayGoOn(batch);
      var answer = goesOn ? send(batch.hook(), each.event(), batch.epoch()) : new Answer.Unsent();
      goesOn = goesOn && answer instanceof Answer.Taken;
      var outcome = new Outcome(each.item(), answer);
      if (outcome.quiet().isPositive()) {
        batch.wantsQuiet().set(true);
      }
      outcomes.add(outcome);
    }
    return outcomes;
  }

  /// A change of the webhook takes the lease away, and what is sent then goes elsewhere.
  private boolean mayGoOn(Begun batch) {
    return !batch.wantsQuiet().get()
        && !isOver(BATCH, batch.sinceNanos())
        && deliveries.isLeased(batch.hook());
  }

  private Answer send(Hook hook, Event event, String epoch) {
    var body = EventCodec.structured(event, epoch);
    var id = "%s:%s:%d".formatted(epoch, event.workspace(), event.position());
    var now = System.currentTimeMillis() / 1_000;
    var signatures =
        hook.secrets().stream()
            .map(secret -> Signature.of(secret, id, now, body))
            .collect(Collectors.joining(" "));
    var headers =
        Map.of(
            "webhook-id",
            id,
            "webhook-timestamp",
            Long.toString(now),
            "webhook-signature",
            signatures);
    return sender.send(hook.url(), headers, body);
  }
}
