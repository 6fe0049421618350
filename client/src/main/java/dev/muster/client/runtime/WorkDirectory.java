package dev.muster.client.runtime;

import dev.muster.client.ClaimedTask;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.UUID;

/// The runtime's own directory: nobody else uses it while it is open.
final class WorkDirectory implements AutoCloseable {
  private final Path root;
  private final FileChannel lock;

  private WorkDirectory(Path root, FileChannel lock) {
    this.root = root;
    this.lock = lock;
  }

  /// @throws RuntimeRefused if another process has it
  static WorkDirectory open(Path directory) throws IOException {
    var root = Files.createDirectories(directory.toAbsolutePath().normalize());
    var lock =
        FileChannel.open(
            root.resolve(".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    if (!isLocked(lock)) {
      lock.close();
      throw new RuntimeRefused(
          "Another runtime works in " + root + "; stop it, or choose another directory.");
    }
    return new WorkDirectory(root, lock);
  }

  private static boolean isLocked(FileChannel lock) throws IOException {
    try {
      return lock.tryLock() != null;
    } catch (OverlappingFileLockException e) {
      return false;
    }
  }

  Path spool() {
    return root.resolve(".spool");
  }

  /// The mark of what runs for this directory. It is the same for each process that has it in turn.
  RunMark mark() throws IOException {
    var file = root.resolve(".mark");
    if (!Files.exists(file)) {
      var half = root.resolve(".mark.part");
      Files.writeString(half, UUID.randomUUID().toString());
      Files.move(half, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
    return new RunMark(Files.readString(file).strip());
  }

  /// The directory for the task: the one of an earlier run, if it is still there.
  Path of(ClaimedTask task) throws IOException {
    var prior = existing(task.priorWorkDir());
    return prior.isPresent()
        ? prior.get()
        : Files.createDirectories(root.resolve(task.claim().task()));
  }

  private static Optional<Path> existing(String directory) {
    try {
      return Optional.of(directory)
          .filter(text -> !text.isEmpty())
          .map(Path::of)
          .filter(path -> path.isAbsolute() && Files.isDirectory(path));
    } catch (InvalidPathException e) {
      return Optional.empty();
    }
  }

  @Override
  public void close() throws IOException {
    lock.close();
  }
}
