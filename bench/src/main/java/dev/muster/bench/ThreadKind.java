package dev.muster.bench;

import java.util.Arrays;
import java.util.regex.Pattern;

/// What a thread of a Muster with embedded servers works for, told by its name as Linux knows it:
/// the first 15 characters.
enum ThreadKind {
  /// Requests run on virtual threads, and those on the carriers of this pool.
  HTTP("ForkJoinPool-1-|http-nio-|VirtualThread-|MasterPoller"),
  FEED("muster-|kafka-producer-|consumer_backgr|container-"),
  BROKER(
      "kafka-|data-plane-kafk|broker-|controller-|quorum-|raft-|transaction-|group-|share-|executor-"
          + "|Expiration|Txn|AddPartitions|network-partiti|[Pp]ersister|client-metrics-"),
  COMPILER("C[12] CompilerThre|Training replay"),
  /// The serial collector works in the JVM's own thread.
  COLLECTOR("VM Thread|GC Thread|G1 |ZDriver|ZWorker"),
  OTHER("");

  private final Pattern beginning;

  ThreadKind(String beginning) {
    this.beginning = Pattern.compile(beginning);
  }

  /// The first kind that knows the name: a producer of ours is no thread of the broker's.
  static ThreadKind of(String name) {
    return Arrays.stream(values())
        .filter(kind -> kind.beginning.matcher(name).lookingAt())
        .findFirst()
        .orElse(OTHER);
  }
}
