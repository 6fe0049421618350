package dev.muster.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.muster.events.FeedNames;
import dev.muster.events.feed.FeedRig;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.PolicyViolationException;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.apache.kafka.metadata.authorizer.StandardAuthorizer;
import org.apache.kafka.server.policy.CreateTopicPolicy;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A Kafka that somebody else looks after: it lets Muster do what the documentation says it needs,
/// and no more.
class KafkaRightsTest {
  private static final FeedNames GIVEN = new FeedNames("given");
  private static final FeedNames STRICT = new FeedNames("strict");
  private static final FeedNames STRICTER = new FeedNames("stricter");

  private @TempDir Path directory = Path.of("");
  private EmbeddedBroker broker;
  private Admin admin;

  /// What an operator forbids: to say anything of some settings, whatever it is.
  public static final class Policy implements CreateTopicPolicy {
    @Override
    public void configure(Map<String, ?> settings) {}

    @Override
    public void validate(RequestMetadata request) {
      var forbidden =
          request.topic().startsWith(STRICTER.prefix() + ".")
              ? Set.of("retention.ms")
              : request.topic().startsWith(STRICT.prefix() + ".")
                  ? Set.of("unclean.leader.election.enable", "cleanup.policy")
                  : Set.<String>of();
      request.configs().keySet().stream()
          .filter(forbidden::contains)
          .sorted()
          .findFirst()
          .ifPresent(setting -> {
            throw new PolicyViolationException("nobody sets " + setting);
          });
    }

    @Override
    public void close() {}
  }

  @BeforeEach
  void startBroker() throws Exception {
    broker =
        TestBroker.startGuarded(
            directory.resolve("kafka"),
            Map.of(
                "authorizer.class.name",
                StandardAuthorizer.class.getName(),
                "super.users",
                "User:" + BrokerLogin.USER,
                "create.topic.policy.class.name",
                Policy.class.getName(),
                // So that `muster.tasks` alone has to say it.
                "log.cleanup.policy",
                "delete"));
    admin = Admin.create(new HashMap<String, Object>(broker.clientSettings()));
  }

  @AfterEach
  void stopBroker() {
    admin.close();
    broker.close();
  }

  @Test
  void topicsThatSomebodyElseMadeNeedNoRightToMakeThemNorToSeeTheirSettings() throws Exception {
    grantWhatIsDocumented(GIVEN);
    var database = Installation.newDatabase();
    assertThatThrownBy(() -> FeedRig.setUpTopics(database, broker.address(), GIVEN))
        .satisfies(failure ->
            assertThat(StartupFailure.sentence(failure))
                .hasValue(
                    "Kafka at %s does not let Muster create topics, and these do not exist: given.events, given.tasks, given.output, given.dead-letters, given.redriven; have them made as docs/deploy.md says, or grant Create."
                        .formatted(broker.address())));
    Installation.dropDatabase(database);

    makeByHand(GIVEN);

    try (var installation = Installation.start(GIVEN, broker.address())) {
      installation.runATask();
      assertThat(installation.verifyFeed(GIVEN)).isZero();
      assertThat(FeedRig.setUpTopics(installation.jdbcUrl(), broker.address(), GIVEN))
          .singleElement()
          .asString()
          .startsWith(
              "The settings of the topics given.dead-letters, given.events, given.output, given.redriven, given.tasks cannot be checked (");
      // One that is missing is still named, and alone.
      admin.deleteTopics(List.of(GIVEN.redriven())).all().get();
      assertThatThrownBy(() -> FeedRig.setUpTopics(installation.jdbcUrl(), broker.address(), GIVEN))
          .hasMessageContaining("these do not exist: given.redriven;");
    }
  }

  @Test
  void aSettingThatThePolicyForbidsIsLeftOutWhereKafkaHasItByItself() throws Exception {
    for (var names : List.of(STRICT, STRICTER)) {
      grantWhatIsDocumented(names);
      grant(ResourceType.TOPIC, names.prefix() + ".", AclOperation.CREATE);
      grant(ResourceType.TOPIC, names.prefix() + ".", AclOperation.DESCRIBE_CONFIGS);
    }
    var database = Installation.newDatabase();
    try {
      // The table of tasks cannot do without its own.
      assertThatThrownBy(() -> FeedRig.setUpTopics(database, broker.address(), STRICT))
          .hasMessage(
              "Kafka at %s refuses the settings of the topic strict.tasks (nobody sets cleanup.policy); have it made as docs/deploy.md says"
                  .formatted(broker.address()));
      assertThat(admin.listTopics().names().get())
          .contains(STRICT.events())
          .doesNotContain(STRICT.tasks());
      assertThat(setting(STRICT.events(), "max.message.bytes")).isEqualTo("8388608");
      assertThat(setting(STRICT.events(), "retention.ms")).isEqualTo("-1");

      assertThatThrownBy(() -> FeedRig.setUpTopics(database, broker.address(), STRICTER))
          .hasMessageContaining("stricter.events (nobody sets retention.ms)");
      assertThat(admin.listTopics().names().get()).doesNotContain(STRICTER.events());
    } finally {
      Installation.dropDatabase(database);
    }
  }

  private String setting(String topic, String name) throws Exception {
    var resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
    return admin
        .describeConfigs(List.of(resource))
        .all()
        .get()
        .values()
        .iterator()
        .next()
        .get(name)
        .value();
  }

  private void makeByHand(FeedNames names) throws Exception {
    var topics = FeedRig.documentedTopics(names);
    admin.createTopics(topics).all().get();
  }

  /// Read, Write and Describe of the topics, Read of the group, Write and Describe of the
  /// transactional ids.
  private void grantWhatIsDocumented(FeedNames names) throws Exception {
    for (var operation : List.of(AclOperation.READ, AclOperation.WRITE, AclOperation.DESCRIBE)) {
      grant(ResourceType.TOPIC, names.prefix() + ".", operation);
    }
    grant(ResourceType.GROUP, names.dispatchers(), AclOperation.READ);
    for (var operation : List.of(AclOperation.WRITE, AclOperation.DESCRIBE)) {
      grant(ResourceType.TRANSACTIONAL_ID, names.prefix() + "-publisher-", operation);
    }
  }

  private void grant(ResourceType type, String prefix, AclOperation operation) throws Exception {
    var what = new ResourcePattern(type, prefix, PatternType.PREFIXED);
    var entry = new AccessControlEntry("User:ANONYMOUS", "*", operation, AclPermissionType.ALLOW);
    admin.createAcls(List.of(new AclBinding(what, entry))).all().get();
  }
}
