package dev.muster.events.feed;

import dev.muster.events.FeedNames;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.function.UnaryOperator;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;

/// The publisher's producer without transactions: idempotent, acknowledged by all, and nothing to
/// tell an earlier publisher's sends from a later one's.
final class Unfenced {
  private Unfenced() {}

  @SuppressWarnings("unchecked")
  static UnaryOperator<Producer<byte[], byte[]>> of(String kafka) {
    return fenced -> {
      fenced.close();
      var settings = FeedRig.clients(kafka, FeedNames.DEFAULT).writer("0");
      settings.remove(ProducerConfig.TRANSACTIONAL_ID_CONFIG);
      var plain = new KafkaProducer<byte[], byte[]>(settings);
      return (Producer<byte[], byte[]>)
          Proxy.newProxyInstance(
              Producer.class.getClassLoader(),
              new Class<?>[] {Producer.class},
              (_, method, arguments) -> {
                switch (method.getName()) {
                  case "initTransactions", "beginTransaction", "abortTransaction" -> {
                    return null;
                  }
                  case "commitTransaction" -> {
                    plain.flush();
                    return null;
                  }
                  default -> {
                    try {
                      return method.invoke(plain, arguments);
                    } catch (InvocationTargetException e) {
                      throw e.getCause();
                    }
                  }
                }
              });
    };
  }
}
