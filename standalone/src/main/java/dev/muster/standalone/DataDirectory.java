package dev.muster.standalone;

import dev.muster.api.access.TokenHash;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;

/// The directory that holds everything the embedded servers keep, the token, and the addresses to
/// find them by. One Muster at a time owns it.
public final class DataDirectory implements AutoCloseable {
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
      Files.createDirectories(path);
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
    var part = path.resolve("token.part");
    Files.deleteIfExists(part);
    Files.createFile(
        part, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.writeString(part, token + "\n");
    Files.move(part, file);
    return new Token(token, true);
  }

  /// Writes an address down for scripts.
  void publish(String name, String address) throws IOException {
    Files.writeString(path.resolve(name), address + "\n");
  }

  @Override
  public void close() throws IOException {
    lock.close();
  }
}
