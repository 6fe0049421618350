package dev.muster.standalone;

import java.util.List;
import java.util.stream.Stream;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;

/// The Muster that all tests of a JVM share: each test works in workspaces of its own.
final class TestMuster {
  static final String OWNER_TOKEN = "mul_" + "0123456789".repeat(4);

  /// Tests have no servers on public addresses.
  static final String PRIVATE_WEBHOOKS = "--muster.webhooks.allow-private=true";

  private final ConfigurableApplicationContext api;
  private final ConfigurableApplicationContext dispatcher;
  private final FeedWatch feed;

  private static final class Once {
    static final TestMuster MUSTER = new TestMuster(TestServers.get());
  }

  static TestMuster get() {
    return Once.MUSTER;
  }

  private TestMuster(TestServers servers) {
    api =
        Applications.api(
            servers.jdbcUrl(), servers.kafka(), OWNER_TOKEN, "--server.port=0", PRIVATE_WEBHOOKS);
    dispatcher =
        Applications.dispatcherBeside(api, servers.jdbcUrl(), servers.kafka(), PRIVATE_WEBHOOKS);
    feed = new FeedWatch(servers.kafka());
    AtExit.stop(() -> {
      feed.close();
      dispatcher.close();
      api.close();
    });
  }

  String url() {
    return "http://localhost:" + Applications.port(api);
  }

  /// The api as the first owner uses it.
  Api api() {
    return new Api(url(), OWNER_TOKEN);
  }

  FeedWatch feed() {
    return feed;
  }

  JdbcClient db() {
    return api.getBean(JdbcClient.class);
  }

  /// The classes of all that the two contexts are made of.
  List<String> beanClasses() {
    return Stream.of(api, dispatcher)
        .flatMap(context ->
            Stream.of(context.getBeanDefinitionNames())
                .flatMap(name -> Stream.ofNullable(context.getType(name))))
        .map(Class::getName)
        .toList();
  }

  <T> T apiBean(String name, Class<T> type) {
    return api.getBean(name, type);
  }

  <T> T dispatcherBean(Class<T> type) {
    return dispatcher.getBean(type);
  }
}
