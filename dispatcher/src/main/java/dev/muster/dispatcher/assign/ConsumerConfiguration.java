package dev.muster.dispatcher.assign;

import dev.muster.events.kafka.FeedClient;
import dev.muster.events.kafka.KafkaClients;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.kafka.autoconfigure.DefaultKafkaConsumerFactoryCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.kafka.config.ContainerCustomizer;
import org.springframework.kafka.core.ConsumerFactory;
import org.springframework.kafka.core.DefaultKafkaConsumerFactory;
import org.springframework.kafka.listener.ConcurrentMessageListenerContainer;
import org.springframework.kafka.listener.ContainerProperties.AckMode;

/// The consumer that Spring runs for the dispatcher.
@Configuration(proxyBeanMethods = false)
class ConsumerConfiguration {
  @Bean
  ConsumerFactory<?, ?> kafkaConsumerFactory(
      KafkaClients clients, ObjectProvider<DefaultKafkaConsumerFactoryCustomizer> customizers) {
    var factory =
        new DefaultKafkaConsumerFactory<byte[], byte[]>(
            clients.consumer(FeedClient.DISPATCHER, "dispatcher"));
    customizers.orderedStream().forEach(customizer -> customizer.customize(factory));
    return factory;
  }

  /// A place is committed when all before it has been dealt with, whatever is set of listeners.
  @Bean
  ContainerCustomizer<Object, Object, ConcurrentMessageListenerContainer<Object, Object>>
      commitAfterEachBatch() {
    return container -> container.getContainerProperties().setAckMode(AckMode.BATCH);
  }
}
