package dev.muster.dispatcher.webhook;

import dev.muster.dispatcher.webhook.Batch.Again;
import dev.muster.dispatcher.webhook.WebhookStore.Moved;
import dev.muster.dispatcher.webhook.WebhookStore.Waiting;
import dev.muster.events.Event;
import dev.muster.events.feed.FeedLog;
import dev.muster.events.feed.FeedSelection;
import dev.muster.events.feed.FeedSelection.AtMost;
import dev.muster.events.webhook.WebhookProperties;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/// What is to be delivered, and what was: read and written in short transactions, between which the
/// sending is.
///
/// Only a few of them are made at a time, however many webhooks there are: the connections to
/// Postgres are for assigning first.
@Component
class Deliveries {
  private static final int TURNS = 2;

  /// How many events, and how large, are sent before the position is moved on.
  private static final AtMost FRESH = new AtMost(32, 512 * 1024);

  private static final AtMost AGAIN = new AtMost(16, 512 * 1024);

  /// How many positions are looked at for events that are wanted.
  private static final int WINDOW = 1_000;

  /// What was given up, of one webhook.
  private static final int FAILED_KEPT = 1_000;

  private final WebhookStore store;
  private final FeedLog log;
  private final FeedSelection selection;
  private final TransactionTemplate transaction;
  private final Duration retryFor;
  private final Semaphore turns = new Semaphore(TURNS);

  Deliveries(
      WebhookStore store,
      FeedLog log,
      FeedSelection selection,
      TransactionTemplate transaction,
      WebhookProperties properties) {
    this.store = store;
    this.log = log;
    this.selection = selection;
    this.transaction = transaction;
    this.retryFor = properties.retryFor();
  }

  /// Whether there are webhooks at all.
  boolean isUsed() {
    return inTurn(store::isUsed);
  }

  List<Hook> lease(int max) {
    return inTurn(() -> store.lease(max));
  }

  void release(Hook hook) {
    inTurn(() -> {
      store.release(hook);
      return true;
    });
  }

  void disable(Hook hook, String reason) {
    inTurn(() -> {
      store.disable(hook, reason);
      return true;
    });
  }

  /// Whether the webhook is still as it was leased.
  boolean isLeased(Hook hook) {
    return inTurn(() -> store.isLeased(hook));
  }

  String epoch() {
    return inTurn(log::epoch);
  }

  /// What is to be done next; empty if that is nothing.
  Optional<Batch> next(Hook hook) {
    return inTurn(() -> read(hook));
  }

  private Optional<Batch> read(Hook hook) {
    var waiting = hook.waiting() == 0 ? List.<Waiting>of() : store.waiting(hook.id());
    var due = firstDue(waiting);
    var events =
        due.isEmpty()
            ? List.<Event>of()
            : selection.at(hook.viewer(), due.stream().map(Waiting::position).toList(), AGAIN);
    var again = again(due, events);
    var lost = lost(due, events);
    var blocked = waiting.stream().map(Waiting::subjectId).collect(Collectors.toSet());
    if (hook.waiting() >= WebhookStore.WAITING_MAX) {
      return again.isEmpty() && lost.isEmpty()
          ? Optional.empty()
          : Optional.of(new Batch(again, List.of(), blocked, lost, hook.position()));
    }
    var head = log.head(hook.workspace());
    var end = Math.min(head, hook.position() + WINDOW);
    if (again.isEmpty() && lost.isEmpty() && end <= hook.position()) {
      return Optional.empty();
    }
    var fresh =
        end <= hook.position()
            ? List.<Event>of()
            : selection.between(hook.viewer(), hook.patterns(), hook.position(), end, FRESH);
    var upTo = fresh.isEmpty() ? Math.max(end, hook.position()) : fresh.getLast().position();
    return Optional.of(new Batch(again, fresh, blocked, lost, upTo));
  }

  /// What may be sent again: of each subject what comes first, if it is due.
  private static List<Waiting> firstDue(List<Waiting> waiting) {
    var seen = new HashSet<>();
    return waiting.stream()
        .filter(each -> seen.add(each.subjectId()) && each.due())
        .limit(AGAIN.events())
        .toList();
  }

  private static List<Again> again(List<Waiting> due, List<Event> events) {
    var byPosition =
        events.stream().collect(Collectors.toMap(Event::position, Function.identity()));
    return due.stream()
        .map(each -> {
          var event = byPosition.get(each.position());
          return event == null ? null : new Again(each.item(), event);
        })
        .filter(Objects::nonNull)
        .toList();
  }

  /// What is not there, as far as was looked: large events are read a few at a time.
  private static List<Long> lost(List<Waiting> due, List<Event> events) {
    if (events.isEmpty()) {
      return due.stream().map(Waiting::position).toList();
    }
    var found = events.stream().map(Event::position).collect(Collectors.toSet());
    var last = events.getLast().position();
    return due.stream()
        .map(Waiting::position)
        .filter(position -> position < last && !found.contains(position))
        .toList();
  }

  /// Where the log begins, if that is after the webhook's position: what was in between is gone.
  Optional<Hook> skipDropped(Hook hook) {
    return inTurn(() -> {
      var before = log.oldest(hook.workspace()) - 1;
      if (before <= hook.position()) {
        return Optional.of(hook);
      }
      var missed = (int) Math.min(Integer.MAX_VALUE, before - hook.position());
      var error = "the log has dropped %d events before they were looked at".formatted(missed);
      var moved = new Moved(before, 0, 0, missed, null, error);
      return store.move(hook, moved).map(waiting -> hook.at(before, waiting));
    });
  }

  /// Writes down what became of a batch, and moves the webhook on. Empty if the lease is lost, or
  /// the webhook was switched off: then nobody goes on here.
  Optional<Hook> settle(Hook hook, Batch batch, List<Outcome> outcomes) {
    return inTurn(
        () -> Objects.requireNonNull(transaction.execute(_ -> written(hook, batch, outcomes))));
  }

  private Optional<Hook> written(Hook hook, Batch batch, List<Outcome> outcomes) {
    if (!store.isHeld(hook)) {
      return Optional.empty();
    }
    var kept = outcomes.stream().filter(outcome -> !outcome.isTaken()).toList();
    var failed = outcomes.stream().filter(Outcome::hasFailed).toList();
    drop(hook, batch, outcomes);
    if (!kept.isEmpty()) {
      store.keep(hook.id(), kept, retryFor);
      store.bound(hook.id(), FAILED_KEPT);
    }
    var moved = moved(batch, outcomes, failed);
    var waiting = store.move(hook, moved);
    if (outcomes.stream().anyMatch(Outcome::isGone)) {
      store.disable(hook, "gone");
      return Optional.empty();
    }
    if (!failed.isEmpty() && store.disableIfFailing(hook, retryFor)) {
      return Optional.empty();
    }
    var quiet = failed.stream().map(Outcome::quiet).max(Duration::compareTo).orElse(Duration.ZERO);
    if (quiet.isPositive()) {
      store.pause(hook, quiet);
      return Optional.empty();
    }
    return waiting.map(left -> hook.at(batch.upTo(), left));
  }

  private void drop(Hook hook, Batch batch, List<Outcome> outcomes) {
    var again =
        batch.again().stream().map(each -> each.item().position()).collect(Collectors.toSet());
    var gone =
        outcomes.stream()
            .filter(Outcome::isTaken)
            .map(outcome -> outcome.item().position())
            .filter(again::contains)
            .collect(Collectors.toList());
    gone.addAll(batch.lost());
    if (!gone.isEmpty()) {
      store.drop(hook.id(), gone);
    }
  }

  private static Moved moved(Batch batch, List<Outcome> outcomes, List<Outcome> failed) {
    var sent = outcomes.stream().filter(o -> o.isTaken() || o.hasFailed()).toList();
    var lost = batch.lost().isEmpty() ? null : "an event could not be sent any more";
    return new Moved(
        batch.upTo(),
        sent.size() - failed.size(),
        failed.size(),
        batch.lost().size(),
        sent.isEmpty() ? null : sent.getLast().status(),
        failed.isEmpty() ? lost : failed.getLast().error());
  }

  private <T> T inTurn(Supplier<T> work) {
    turns.acquireUninterruptibly();
    try {
      return work.get();
    } finally {
      turns.release();
    }
  }
}
