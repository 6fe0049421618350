package dev.muster.client.runtime;

import dev.muster.client.Answer;
import dev.muster.client.Message;
import dev.muster.client.MusterClient;
import dev.muster.client.Retry;
import java.io.IOException;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;

/// Brings final reports to the server: each is on the disk before it is first sent, and until the
/// server has decided about it.
final class Reports {
  private static final Logger log = LoggerFactory.getLogger(Reports.class);

  /// So often a batch of messages is sent before it is asked whether the server is there at all.
  private static final int TRIES = 3;

  private final MusterClient client;
  private final ReportSpool spool;
  private final Retry retry;

  Reports(MusterClient client, ReportSpool spool, Retry retry) {
    this.client = client;
    this.spool = spool;
    this.retry = retry;
  }

  /// Keeps the report. A full disk does not keep it from being sent.
  void keep(ReportSpool.Entry entry) {
    try {
      spool.keep(entry);
    } catch (IOException e) {
      log.atError()
          .addKeyValue("task", entry.claim().task())
          .setCause(e)
          .log("A report could not be kept: it is lost if this process dies before it is sent");
    }
  }

  /// Sends what was said last, and then a report that was kept until the server decides about it.
  /// One that was refused for the token's sake stays: it is good, and goes out with the next
  /// process.
  Answer.Final<JsonNode> send(ReportSpool.Entry entry) throws InterruptedException {
    sendMessages(entry);
    var answer = retry.untilAnswered(() -> client.report(entry.claim(), entry.report()));
    switch (answer) {
      case Answer.Accepted<JsonNode> _ -> remove(entry);
      case Answer.Late<JsonNode>(var state) -> {
        log.atInfo()
            .addKeyValue("task", entry.claim().task())
            .addKeyValue("state", state)
            .log("The task had ended before its report");
        remove(entry);
      }
      case Answer.Fenced<JsonNode>(var current, var state) -> {
        log.atWarn()
            .addKeyValue("task", entry.claim().task())
            .addKeyValue("generation", entry.claim().generation())
            .addKeyValue("currentGeneration", current)
            .addKeyValue("state", state)
            .log("A report came after its claim was over");
        remove(entry);
      }
      case Answer.Refused<JsonNode> refused -> {
        log.atWarn()
            .addKeyValue("task", entry.claim().task())
            .addKeyValue("status", refused.status())
            .log("A report was refused: {}", refused.sentence());
        if (!refused.isOfCaller()) {
          remove(entry);
        }
      }
    }
    return answer;
  }

  private void sendMessages(ReportSpool.Entry entry) throws InterruptedException {
    var left = entry.messages();
    while (!left.isEmpty()) {
      var count = Message.fitting(left);
      if (!isSent(entry, left.subList(0, count))) {
        log.atWarn()
            .addKeyValue("task", entry.claim().task())
            .addKeyValue("lines", left.size())
            .log("The server does not take the last lines of a task's output");
        return;
      }
      left = left.subList(count, left.size());
    }
  }

  /// Sends one batch. A server that answers, and these not, is to have the report nevertheless.
  private boolean isSent(ReportSpool.Entry entry, List<Message> batch) throws InterruptedException {
    for (var failures = 1; ; failures++) {
      switch (client.messages(entry.claim(), batch)) {
        case Answer.Accepted<JsonNode> _ -> {
          return true;
        }
        case Answer.Refused<JsonNode> refused -> {
          // Another refusal is about this batch.
          return !refused.isNotFound();
        }
        case Answer.Late<JsonNode> _, Answer.Fenced<JsonNode> _ -> {
          return false;
        }
        case Answer.NoAnswer<JsonNode>(_, var retryAfter) -> {
          if (failures % TRIES == 0
              && client.status(entry.claim().task()) instanceof Answer.Final<String>) {
            return false;
          }
          Thread.sleep(retry.pause(failures, retryAfter));
        }
      }
    }
  }

  /// Sends what an earlier process has left.
  ///
  /// @throws RuntimeRefused if the server does not take the token
  int replay() throws IOException, InterruptedException {
    var entries = spool.entries();
    for (var entry : entries) {
      if (send(entry) instanceof Answer.Refused<JsonNode> refused && refused.isOfCaller()) {
        throw new RuntimeRefused(
            "Muster does not take the token ("
                + refused.sentence()
                + "); set MUSTER_TOKEN to one that may run this workspace's tasks.");
      }
    }
    return entries.size();
  }

  boolean isEmpty() {
    try {
      return spool.isEmpty();
    } catch (IOException e) {
      return false;
    }
  }

  private void remove(ReportSpool.Entry entry) {
    try {
      spool.remove(entry);
    } catch (IOException e) {
      log.atWarn().setCause(e).log("A report that was taken could not be removed");
    }
  }
}
