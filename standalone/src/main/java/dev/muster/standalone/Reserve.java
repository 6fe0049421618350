package dev.muster.standalone;

import java.util.Optional;
import org.springframework.util.unit.DataSize;

/// How much of this machine is kept for the work that is under way: below it no more is taken, and
/// when nearly nothing is left the process ends, while it still can in order.
///
/// @param disk of the data directory's disk
record Reserve(DataSize disk) {
  static final DataSize DISK_DEFAULT = DataSize.ofMegabytes(512);

  /// Postgres and Kafka open a file for each table, index and segment, each client a socket.
  static final long FILES_LEAST = 1024;

  private static final long FILES = 256;
  private static final long LAST_PART = 8;

  /// What there is.
  ///
  /// @param diskLeft bytes that can still be written
  /// @param filesOpen by this process
  /// @param filesMax that it may open
  record Left(long diskLeft, long filesOpen, long filesMax) {}

  /// What follows from it.
  ///
  /// @param shortage why no more work is taken
  /// @param end why the process cannot go on
  record Verdict(Optional<String> shortage, Optional<String> end) {}

  Verdict judge(Left left) {
    if (left.diskLeft() < disk.toBytes() / LAST_PART) {
      var end =
          "The disk of the data directory is full but for %s, so Muster ends before it loses anything; make room and start it again."
              .formatted(megabytes(left.diskLeft()));
      return new Verdict(Optional.of(end), Optional.of(end));
    }
    if (left.diskLeft() < disk.toBytes()) {
      return new Verdict(
          Optional.of(
              "the disk has %s left, and no more work is taken below %s"
                  .formatted(megabytes(left.diskLeft()), megabytes(disk.toBytes()))),
          Optional.empty());
    }
    if (left.filesMax() - left.filesOpen() < FILES) {
      return new Verdict(
          Optional.of(
              "%d of %d files are open, and no more work is taken when fewer than %d are left"
                  .formatted(left.filesOpen(), left.filesMax(), FILES)),
          Optional.empty());
    }
    return new Verdict(Optional.empty(), Optional.empty());
  }

  private static String megabytes(long bytes) {
    return DataSize.ofBytes(bytes).toMegabytes() + " MB";
  }
}
