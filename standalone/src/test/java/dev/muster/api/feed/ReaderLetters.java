package dev.muster.api.feed;

import dev.muster.events.feed.FeedLog;
import dev.muster.events.feed.PoisonRecords;
import dev.muster.events.kafka.KafkaClients;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.json.JsonMapper;

/// A reader of the feed with two listeners, one of which fails until it is mended.
public final class ReaderLetters implements AutoCloseable {
  /// A listener that keeps what it took.
  static sealed class Listener implements FeedListener permits Mended, Sound {
    final List<String> taken = new CopyOnWriteArrayList<>();

    @Override
    public String name() {
      return this instanceof Mended ? "Mended" : "Sound";
    }

    @Override
    public void onEvent(FeedEvent event) {
      taken.add(event.type().wire() + " " + event.event().position());
    }

    @Override
    public boolean takesRedriven() {
      return true;
    }
  }

  static final class Sound extends Listener {
    private final Semaphore free = new Semaphore(1);

    @Override
    public void onEvent(FeedEvent event) {
      free.acquireUninterruptibly();
      free.release();
      super.onEvent(event);
    }
  }

  static final class Mended extends Listener {
    volatile boolean broken = true;

    @Override
    public void onEvent(FeedEvent event) {
      if (broken && event.event().position() == 2) {
        throw new IllegalStateException("position 2 is poison");
      }
      super.onEvent(event);
    }
  }

  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final Mended mended = new Mended();
  private final Sound sound = new Sound();
  private final PoisonRecords poisonRecords;
  private final FeedReader reader;

  public ReaderLetters(JdbcClient db, KafkaClients kafka) {
    poisonRecords = new PoisonRecords(kafka, InstantSource.system(), meters);
    reader =
        new FeedReader(
            List.of(mended, sound),
            new FeedLog(db),
            JsonMapper.shared(),
            kafka,
            meters,
            poisonRecords);
    reader.afterPropertiesSet();
    reader.start();
  }

  public void mend() {
    mended.broken = false;
  }

  /// Lets the sound listener take nothing until what is returned is closed.
  public AutoCloseable hold() {
    sound.free.acquireUninterruptibly();
    return sound.free::release;
  }

  public double gauge(String name) {
    return meters.get(name).tag("consumer", "muster-feed-reader").gauge().value();
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
