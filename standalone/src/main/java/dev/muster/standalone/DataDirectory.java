package dev.muster.standalone;

import dev.muster.api.access.TokenHash;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/// The directory that holds everything the embedded servers keep, the token, and the addresses to
/// find them by, for this user alone. One Muster at a time owns it.
public final class DataDirectory implements AutoCloseable {
  private static final int STICKY = 01000;

  private final Path path;
  private final FileChannel lock;

  private DataDirectory(Path path, FileChannel lock) {
    this.path = path;
    this.lock = lock;
  }

  /// Opens the directory for this process alone.
  ///
  /// @throws Sentence if it cannot be written to, or another process has it
  public static DataDirectory open(Path path) {
    try {
      requireOwn(path);
      PrivateFiles.directory(path);
      var lock =
          FileChannel.open(
              path.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      if (tryLock(lock)) {
        return new DataDirectory(path, lock);
      }
      lock.close();
    } catch (IOException e) {
      throw new Sentence(
          "The data directory %s cannot be written to; set MUSTER_DATA to one that can."
              .formatted(path),
          e);
    }
    throw new Sentence(
        "Another Muster is running on %s; stop it, or set MUSTER_DATA to another directory."
            .formatted(path));
  }

  /// What everybody uses is not taken from them.
  private static void requireOwn(Path path) throws IOException {
    if (Files.isDirectory(path)) {
      var mode = (int) Files.getAttribute(path, "unix:mode");
      if ((mode & STICKY) != 0 || path.getParent() == null) {
        throw new Sentence(
            "The directory %s is everybody's; set MUSTER_DATA to one for Muster alone."
                .formatted(path));
      }
    }
  }

  private static boolean tryLock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock() != null;
    } catch (OverlappingFileLockException e) {
      return false;
    }
  }

  public Path path() {
    return path;
  }

  /// A token that was made for this directory.
  ///
  /// @param isNew whether it was made just now, and is to be shown
  record Token(String value, boolean isNew) {}

  /// The first owner's token, kept readable for its owner alone; made when first asked for.
  Token token() throws IOException {
    var file = path.resolve("token");
    if (Files.exists(file)) {
      return new Token(Files.readString(file).strip(), false);
    }
    var token = TokenHash.newToken();
    PrivateFiles.write(file, token);
    return new Token(token, true);
  }

  /// Writes down for scripts and tools where a server is.
  void publish(String name, String text) throws IOException {
    PrivateFiles.write(path.resolve(name), text);
  }

  @Override
  public void close() throws IOException {
    lock.close();
  }
}
