package dev.muster.client.runtime;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// How much room the disk of the work directory has: below the reserve no more tasks are taken, so
/// that those that run can end, and their reports be kept.
///
/// @param reserve in bytes; 0 for none
record DiskRoom(Path directory, long reserve) {
  /// Why no more tasks are taken; empty if there is room.
  String shortage() {
    try {
      // Without how much is left, which changes all the time: a state is told once.
      return Files.getFileStore(directory).getUsableSpace() >= reserve
          ? ""
          : "the disk has less than %d MB left".formatted(reserve >> 20);
    } catch (IOException e) {
      return "how much room the disk has cannot be found out: " + e.getMessage();
    }
  }
}
