package dev.muster.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/// What a command has to say, and whether it gets there: a [PrintWriter] alone keeps to itself that
/// the disk is full or that nobody reads any more.
public final class Output extends PrintWriter {
  private static final String CLOSED = "Broken pipe";

  /// Keeps the reason of the first write that failed.
  private static final class Remembering extends FilterOutputStream {
    private @Nullable IOException failure;

    private Remembering(OutputStream out) {
      super(out);
    }

    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      try {
        out.write(bytes, offset, length);
      } catch (IOException e) {
        failure = failure == null ? e : failure;
        throw e;
      }
    }
  }

  private final Remembering to;
  private final BooleanSupplier isAbandoned;

  private Output(Remembering to, BooleanSupplier isAbandoned) {
    super(to, false, StandardCharsets.UTF_8);
    this.to = to;
    this.isAbandoned = isAbandoned;
  }

  public Output(OutputStream to) {
    this(new Remembering(to), () -> false);
  }

  /// The process's own.
  public static Output standard() {
    return new Output(
        new Remembering(new FileOutputStream(FileDescriptor.out)), StandardOutput::isAbandoned);
  }

  /// Sends what was printed.
  ///
  /// @throws Failure if it does not get there
  void deliver() {
    if (checkError()) {
      var why = to.failure == null ? "it is closed" : String.valueOf(to.failure.getMessage());
      throw why.contains(CLOSED)
          ? Failure.ofClosedOutput()
          : new Failure(Failure.NOT_WRITTEN, "The output could not be written: " + why + ".");
    }
  }

  /// Ends what waits for more to say to somebody who has gone, as `head` does when it has enough.
  ///
  /// @throws Failure if nobody reads any more
  void requireReader() {
    deliver();
    if (isAbandoned.getAsBoolean()) {
      throw Failure.ofClosedOutput();
    }
  }
}
