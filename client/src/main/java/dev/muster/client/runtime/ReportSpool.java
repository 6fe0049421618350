package dev.muster.client.runtime;

import dev.muster.client.Claim;
import dev.muster.client.Message;
import dev.muster.client.Report;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Final reports on disk, from before they are first sent until the server has decided about them.
///
/// A report is written to a temporary file, forced to the disk, renamed, and the directory is
/// forced too: at any moment there is the whole report or none. Reports are repeatable, so one that
/// was taken and not yet removed when the process died is sent once more without harm.
final class ReportSpool {
  private static final Logger log = LoggerFactory.getLogger(ReportSpool.class);
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final String WHOLE = ".json";
  private static final String HALF = ".part";

  private final Path directory;
  private final Path aside;

  private ReportSpool(Path directory, Path aside) {
    this.directory = directory;
    this.aside = aside;
  }

  /// A report that waits.
  ///
  /// @param messages what was said last, and is to be sent before it
  record Entry(Claim claim, Report report, List<Message> messages) {
    Entry {
      messages = List.copyOf(messages);
    }

    Path fileIn(Path directory) {
      return directory.resolve(claim.task() + "-" + claim.generation() + WHOLE);
    }
  }

  static ReportSpool open(Path directory) throws IOException {
    Files.createDirectories(directory);
    return new ReportSpool(directory, directory.resolve("aside"));
  }

  /// Keeps the report. It is on the disk when this returns.
  void keep(Entry entry) throws IOException {
    var file = entry.fileIn(directory);
    var half = file.resolveSibling(file.getFileName() + HALF);
    try (var channel =
        FileChannel.open(
            half,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      var bytes = ByteBuffer.wrap(JSON.writeValueAsBytes(stored(entry)));
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      channel.force(true);
    }
    Files.move(half, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    forceDirectory();
  }

  /// Forgets the report: the server has decided about it.
  void remove(Entry entry) throws IOException {
    Files.deleteIfExists(entry.fileIn(directory));
  }

  /// What waits. A file that holds no report is put aside.
  List<Entry> entries() throws IOException {
    var entries = new ArrayList<Entry>();
    for (var file : files()) {
      var entry = read(file);
      if (entry.isPresent()) {
        entries.add(entry.get());
      } else {
        putAside(file);
      }
    }
    return List.copyOf(entries);
  }

  boolean isEmpty() throws IOException {
    return files().isEmpty();
  }

  private List<Path> files() throws IOException {
    try (var files = Files.list(directory)) {
      return files.filter(Files::isRegularFile).sorted().toList();
    }
  }

  private static Optional<Entry> read(Path file) throws IOException {
    if (!file.toString().endsWith(WHOLE)) {
      return Optional.empty();
    }
    try {
      return entry(JSON.readTree(Files.readAllBytes(file)));
    } catch (JacksonException e) {
      return Optional.empty();
    }
  }

  private static Map<String, Object> stored(Entry entry) {
    return Map.of(
        "task", entry.claim().task(),
        "generation", entry.claim().generation(),
        "traceparent", entry.claim().traceparent(),
        "verb", entry.report().verb(),
        "body", entry.report().body(),
        "messages", entry.messages().stream().map(Message::body).toList());
  }

  private static Optional<Entry> entry(JsonNode stored) {
    var task = stored.path("task").asString("");
    var report = Report.of(stored.path("verb").asString(""), stored.path("body"));
    var claim =
        new Claim(
            task,
            stored.path("generation").asLong(0),
            // What an earlier version has kept says nothing of it.
            stored.path("traceparent").asString(""));
    var messages = stored.path("messages").valueStream().map(ReportSpool::message).toList();
    return task.isEmpty()
        ? Optional.empty()
        : report.map(found -> new Entry(claim, found, messages));
  }

  private static Message message(JsonNode stored) {
    return new Message(
        stored.path("seq").asLong(0),
        stored.path("type").asString(""),
        stored.path("content").asString(""),
        stored.path("input").path("unfinished").asBoolean(false));
  }

  private void putAside(Path file) throws IOException {
    log.atWarn().addKeyValue("file", file).log("A file holds no report; it is put aside");
    Files.createDirectories(aside);
    Files.move(
        file, aside.resolve(file.getFileName().toString()), StandardCopyOption.REPLACE_EXISTING);
  }

  private void forceDirectory() throws IOException {
    try (var channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }
}
