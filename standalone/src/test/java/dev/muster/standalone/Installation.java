package dev.muster.standalone;

import static org.awaitility.Awaitility.await;

import dev.muster.events.FeedNames;
import dev.muster.standalone.feed.FeedTools;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import org.springframework.context.ConfigurableApplicationContext;

/// A Muster with a database of its own, on a Kafka that it shares.
///
/// @param kafka where its clients find Kafka
record Installation(
    FeedNames names,
    String jdbcUrl,
    String kafka,
    ConfigurableApplicationContext api,
    ConfigurableApplicationContext dispatcher)
    implements AutoCloseable {
  /// An empty database beside the others of the test.
  static String newDatabase() {
    var name = "muster_" + UUID.randomUUID().toString().replace("-", "");
    var servers = TestServers.get().jdbcUrl();
    try (var database = new SingleDatabase(servers)) {
      database.db().sql("CREATE DATABASE " + name).update();
    }
    return servers.replaceFirst("(//[^/]+/)[^?]*", "$1" + name);
  }

  static void dropDatabase(String jdbcUrl) {
    try (var database = new SingleDatabase(TestServers.get().jdbcUrl())) {
      var name = jdbcUrl.replaceFirst(".*//[^/]+/([^?]*).*", "$1");
      database.db().sql("DROP DATABASE " + name + " WITH (FORCE)").update();
    }
  }

  /// Starts api and dispatcher, with few connections: the test's Postgres has 100 for all that a
  /// JVM of tests has started.
  static Installation start(FeedNames names, String kafka) {
    var jdbcUrl = newDatabase();
    var prefix = "--muster.feed.prefix=" + names.prefix();
    var connections = "--spring.datasource.hikari.maximum-pool-size=4";
    var api =
        Applications.api(
            jdbcUrl, kafka, TestMuster.OWNER_TOKEN, "--server.port=0", prefix, connections);
    try {
      var dispatcher = Applications.dispatcherBeside(api, jdbcUrl, kafka, prefix, connections);
      return new Installation(names, jdbcUrl, kafka, api, dispatcher);
    } catch (RuntimeException e) {
      api.close();
      throw e;
    }
  }

  /// Runs a task from its issue to its end, and waits until Kafka has all of it. Nothing happens
  /// afterwards by itself.
  void runATask() {
    var client = new Api("http://localhost:" + Applications.port(api), TestMuster.OWNER_TOKEN);
    var workspace = client.newWorkspace();
    var runtime = client.newRuntime(workspace, "dm", "claude", 1);
    client.newIssue(workspace, client.newAgent(workspace, runtime, 1));
    var task = Api.id(client.claim(runtime));
    client.start(task).ok();
    client.complete(task, "done").ok();
    client.post("/api/daemon/deregister", "{\"runtime_ids\":[\"%s\"]}".formatted(runtime)).ok();
    awaitPublished();
  }

  private void awaitPublished() {
    try (var database = new SingleDatabase(jdbcUrl)) {
      await()
          .atMost(Duration.ofSeconds(60))
          .until(() ->
              database
                  .db()
                  .sql(
                      """
                      SELECT head = p.log_id AND head = t.log_id AND NOT EXISTS (SELECT FROM outbox)
                        FROM feed, feed_published AS p, feed_task_table AS t
                      """)
                  .query(Boolean.class)
                  .single());
    }
  }

  /// What `./muster verify-feed` ends with.
  int verifyFeed(FeedNames under) {
    return FeedTools.verify(
        Map.of(
            "SPRING_DATASOURCE_URL", jdbcUrl,
            "SPRING_KAFKA_BOOTSTRAP_SERVERS", kafka,
            "MUSTER_FEED_PREFIX", under.prefix()),
        new String[] {"--wait=10"});
  }

  @Override
  public void close() {
    dispatcher.close();
    api.close();
    dropDatabase(jdbcUrl);
  }
}
