package dev.muster.api.feed;

import dev.muster.events.Event;
import dev.muster.events.feed.PoisonRecords;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.springframework.boot.kafka.autoconfigure.KafkaProperties;
import tools.jackson.databind.json.JsonMapper;

/// A reader of the feed with two listeners, one of which fails until it is mended.
public final class ReaderLetters implements AutoCloseable {
  /// A listener that keeps what it took.
  static sealed class Listener implements FeedListener permits Mended, Sound {
    final List<String> taken = new CopyOnWriteArrayList<>();

    @Override
    public void onEvents(List<Event> events) {
      events.forEach(event -> taken.add(event.name() + " " + event.position()));
    }

    @Override
    public boolean takesRedriven() {
      return true;
    }
  }

  static final class Sound extends Listener {}

  static final class Mended extends Listener {
    volatile boolean broken = true;

    @Override
    public void onEvents(List<Event> events) {
      if (broken && events.getFirst().position() == 2) {
        throw new IllegalStateException("position 2 is poison");
      }
      super.onEvents(events);
    }
  }

  private final Mended mended = new Mended();
  private final Sound sound = new Sound();
  private final PoisonRecords poisonRecords;
  private final FeedReader reader;

  public ReaderLetters(KafkaProperties kafka) {
    var meters = new SimpleMeterRegistry();
    poisonRecords = new PoisonRecords(kafka, InstantSource.system(), meters);
    reader =
        new FeedReader(List.of(mended, sound), JsonMapper.shared(), kafka, meters, poisonRecords);
    reader.afterPropertiesSet();
    reader.start();
  }

  public void mend() {
    mended.broken = false;
  }

  public List<String> mended() {
    return mended.taken;
  }

  public List<String> sound() {
    return sound.taken;
  }

  @Override
  public void close() {
    reader.stop();
    poisonRecords.destroy();
  }
}
