package dev.muster.client.runtime;

import dev.muster.client.Retry;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/// What a runtime is started with.
///
/// @param workspace the id of the workspace it serves
/// @param command what a shell runs for each task
/// @param work where tasks have their directories, and reports wait until they are taken
/// @param keep what is kept there
public record RuntimeOptions(
    Server server,
    String workspace,
    Identity identity,
    String command,
    Path work,
    Keep keep,
    Pace pace) {

  /// Where Muster is, and who asks.
  public record Server(URI address, String token) {}

  /// Who the runtime is: with the same daemon, provider and workspace it is the same to Muster.
  ///
  /// @param daemon empty for a name that is made of the machine's and the work directory's: two
  ///   runtimes on one machine are two, and one that comes again is the same
  /// @param slots how many tasks it takes at once
  public record Identity(String daemon, String provider, Map<String, String> labels, int slots) {
    public Identity {
      labels = Map.copyOf(labels);
    }

    Identity at(RunMark mark) {
      return daemon.isEmpty()
          ? new Identity(machine() + "-" + mark.shortName(), provider, labels, slots)
          : this;
    }

    private static String machine() {
      try {
        return InetAddress.getLocalHost().getHostName();
      } catch (UnknownHostException e) {
        return "localhost";
      }
    }
  }

  /// What is kept of work that is over.
  ///
  /// @param age how long after a task's end
  /// @param bytes how much of it in all
  /// @param reserve room on the disk, in bytes, below which no more tasks are taken
  public record Keep(Duration age, long bytes, long reserve) {
    public static Keep standard() {
      return new Keep(Duration.ofDays(14), 20L << 30, 512L << 20);
    }
  }

  /// The same, known by its name.
  RuntimeOptions at(RunMark mark) {
    return new RuntimeOptions(server, workspace, identity.at(mark), command, work, keep, pace);
  }

  /// How long things may take.
  ///
  /// @param claim how long the server may park a claim
  /// @param batch how long a line waits for others before they are sent
  /// @param kill from the request to end to the end by force
  /// @param stop how long running tasks may go on when the runtime stops
  /// @param farewell how long reports may take after that
  public record Pace(
      Duration claim,
      Duration batch,
      Duration kill,
      Duration stop,
      Duration farewell,
      Retry retry) {
    public static Pace standard() {
      return new Pace(
          Duration.ofSeconds(20),
          Duration.ofMillis(500),
          Duration.ofSeconds(5),
          Duration.ofSeconds(60),
          Duration.ofSeconds(10),
          Retry.standard());
    }
  }
}
