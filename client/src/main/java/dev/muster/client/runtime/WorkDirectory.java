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
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/// The runtime's own directory: nobody else uses it while it is open.
///
/// Each task has a directory in it, or goes on in the one of an earlier task. Who was last in one
/// is written down in `.used`, since a directory has the name of its first task.
final class WorkDirectory implements AutoCloseable {
  private final Path root;
  private final FileChannel lock;

  private WorkDirectory(Path root, FileChannel lock) {
    this.root = root;
    this.lock = lock;
  }

  /// @throws RuntimeRefused if it cannot be, or another process has it
  static WorkDirectory open(Path directory) {
    var place = directory.toAbsolutePath().normalize();
    try {
      var root = Files.createDirectories(place).toRealPath();
      var lock =
          FileChannel.open(
              root.resolve(".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      if (isLocked(lock)) {
        return new WorkDirectory(root, lock);
      }
      lock.close();
    } catch (IOException e) {
      throw new RuntimeRefused(
          "The work directory %s cannot be made or written to (%s); choose another with --work."
              .formatted(place, e.getClass().getSimpleName()));
    }
    throw new RuntimeRefused(
        "Another runtime works in "
            + place
            + "; stop it, or choose another directory with --work.");
  }

  private static boolean isLocked(FileChannel lock) throws IOException {
    try {
      return lock.tryLock() != null;
    } catch (OverlappingFileLockException e) {
      return false;
    }
  }

  Path root() {
    return root;
  }

  Path spool() {
    return root.resolve(".spool");
  }

  /// The mark of what runs for this directory. It is the same for each process that has it in turn.
  RunMark mark() throws IOException {
    var file = root.resolve(".mark");
    if (!Files.exists(file)) {
      write(file, UUID.randomUUID().toString());
    }
    return new RunMark(Files.readString(file).strip());
  }

  private static void write(Path file, String text) throws IOException {
    var half = file.resolveSibling(file.getFileName() + ".part");
    Files.writeString(half, text);
    Files.move(half, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  /// The directory for the task: the one of an earlier run, if it is still there.
  synchronized Path of(ClaimedTask task) throws IOException {
    var prior = prior(task);
    var directory =
        prior.isPresent()
            ? prior.get()
            : Files.createDirectories(root.resolve(task.claim().task()));
    write(used(root.relativize(directory).getName(0).toString()), task.claim().task());
    return directory;
  }

  /// Where an earlier run worked, if that is in this directory: the server passes on what somebody
  /// has said, and that may be any place.
  Optional<Path> prior(ClaimedTask task) {
    try {
      var said = Path.of(task.priorWorkDir());
      if (!said.isAbsolute() || !Files.isDirectory(said)) {
        return Optional.empty();
      }
      var real = said.toRealPath();
      return Optional.of(real)
          .filter(path -> path.startsWith(root) && !path.equals(root))
          .filter(path -> !root.relativize(path).getName(0).toString().startsWith("."));
    } catch (InvalidPathException | IOException e) {
      return Optional.empty();
    }
  }

  private Path used(String name) throws IOException {
    return Files.createDirectories(root.resolve(".used")).resolve(name);
  }

  /// A directory of a task.
  ///
  /// @param task who was last in it
  /// @param bytes all that is in it
  record Kept(String name, String task, Instant lastUsed, long bytes) {}

  /// All there are.
  List<Kept> kept() throws IOException {
    var kept = new ArrayList<Kept>();
    try (var entries = Files.newDirectoryStream(root)) {
      for (var entry : entries) {
        var name = entry.getFileName().toString();
        if (!name.startsWith(".") && Files.isDirectory(entry)) {
          var used = used(name);
          var isKnown = Files.exists(used);
          kept.add(
              new Kept(
                  name,
                  isKnown ? Files.readString(used).strip() : name,
                  Files.getLastModifiedTime(isKnown ? used : entry).toInstant(),
                  Trees.bytes(entry)));
        }
      }
    }
    return kept;
  }

  /// Removes a directory, unless somebody has begun to work in it since. It leaves its place at
  /// once, so that nobody finds half of it.
  ///
  /// @return whether it was removed
  boolean remove(Kept work) throws IOException {
    synchronized (this) {
      var used = used(work.name());
      if (Files.exists(used) && !Files.readString(used).strip().equals(work.task())) {
        return false;
      }
      var trash = Files.createDirectories(root.resolve(".trash"));
      Files.move(root.resolve(work.name()), trash.resolve(work.name()));
      Files.deleteIfExists(used);
    }
    emptyTrash();
    return true;
  }

  /// Deletes what was on its way out, also when an earlier process was.
  void emptyTrash() throws IOException {
    var trash = root.resolve(".trash");
    if (Files.exists(trash)) {
      Trees.delete(trash);
    }
  }

  @Override
  public void close() throws IOException {
    lock.close();
  }
}
