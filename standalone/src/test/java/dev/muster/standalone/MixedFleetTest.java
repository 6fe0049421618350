package dev.muster.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.events.Event;
import dev.muster.events.EventType;
import dev.muster.standalone.fault.Fate;
import dev.muster.standalone.fault.FaultProxy;
import dev.muster.standalone.fault.Rule;
import dev.muster.standalone.feed.FeedTools;
import dev.muster.standalone.guarantee.Seen;
import dev.muster.standalone.guarantee.TaskFact;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Multica's daemons of 2026-03 and of 2026-08 and reference runtimes work beside each other on one
/// Muster. Again and again a server and a daemon end together, while calls and answers get lost,
/// come twice and come late for all of them.
class MixedFleetTest {
  private static final String CALLS =
      "POST /api/daemon/.*(claim|register|recover-orphans|heartbeat|start|session|progress|messages|usage|complete|fail)$";
  private static final double RARELY = 0.03;

  private @TempDir Path directory = Path.of("");

  /// Where the fleet works.
  ///
  /// @param victims of the servers those that end in a round
  private record Stage(
      List<Api> apis, TestServers servers, Function<RandomGenerator, List<Part>> victims) {}

  @Test
  void whileAnApiAndDaemonsOfAllKindsAreRestartedNoTaskIsLostDoubledOrStuck() throws Exception {
    try (var other = new ApiPart(TestServers.get())) {
      other.start();
      prove(
          new Stage(
              List.of(TestMuster.get().api(), other.client()),
              TestServers.get(),
              _ -> List.of(other)),
          new FaultSize(60, 5, 2, 3));
    }
  }

  @Test
  @Tag("full")
  void whateverIsKilledOfTwoThousandTasksNoneIsLostDoubledOrStuck() throws Exception {
    try (var cluster = Cluster.start(directory, 2, 2)) {
      prove(
          new Stage(cluster.clients(), cluster.servers(), cluster::oneOfEach),
          new FaultSize(2_000, 9, 3, 5));

      assertThat(
              FeedTools.verify(
                  Map.of(
                      "SPRING_DATASOURCE_URL", cluster.servers().jdbcUrl(),
                      "SPRING_KAFKA_BOOTSTRAP_SERVERS", cluster.servers().kafka()),
                  new String[] {"--wait=30"}))
          .isZero();
    }
  }

  private void prove(Stage stage, FaultSize size) throws Exception {
    var seed = Seed.of(MixedFleetTest.class);
    var random = Seed.random(seed);
    try (var proxy =
            FaultProxy.balancing(stage.apis().stream().map(Api::url).toList(), rules(seed));
        var load = load(stage, proxy, size, seed)) {
      var fleet = (MixedFleet) load.crew();
      for (var agent = 0; agent < size.runtimes(); agent++) {
        if (MixedFleet.isToday(agent)) {
          letIdleRunsEnd(stage.apis().getFirst(), load.agents().get(agent));
        }
      }
      var made = 0;
      for (var round = 0; round < size.rounds(); round++) {
        var victims = stage.victims().apply(random);
        var share = size.tasks() / (size.rounds() * victims.size());
        for (var server : victims) {
          load.make(
              share, 1 + random.nextInt(share / 2), () -> endBoth(server, fleet.next(), random));
          made += share;
        }
      }
      load.awaitEnds();

      fleet.tellWhatRan();
      check(fleet, load.checkedEvents());
      checkEnds(stage.servers(), load, made);
      assertThat(proxy.fates()).containsKeys(Fate.values());
    }
  }

  private static List<Rule> rules(long seed) {
    return List.of(
        Rule.sometimes(CALLS, Fate.REQUEST_LOST, RARELY, seed),
        Rule.sometimes(CALLS, Fate.ANSWER_LOST, RARELY, seed + 1),
        Rule.sometimes(CALLS, Fate.SENT_TWICE, RARELY, seed + 2),
        Rule.sometimes(CALLS, Fate.LATE, RARELY, seed + 3));
  }

  private Load load(Stage stage, FaultProxy proxy, FaultSize size, long seed) {
    var person = stage.apis().getFirst().person();
    var people = stage.apis().stream().map(api -> api.as(person.token())).toList();
    var ways = new MixedFleet.Ways(new Api(proxy.url(), TestMuster.OWNER_TOKEN), stage.apis());
    return new Load(
        people,
        stage.servers(),
        size,
        new MixedChores(Seed.random(seed + 4)),
        post -> new MixedFleet(ways, post, directory.resolve("runtimes"), seed));
  }

  /// A run that a daemon of 2026-08 has forgotten has no other end before its deadline of hours:
  /// that daemon names nowhere what it runs.
  private static void letIdleRunsEnd(Api api, UUID agent) {
    api.put("/api/agents/" + agent, "{\"idle_timeout_seconds\":60}").ok();
  }

  /// The daemon comes back before or after the server, and in one of four cases it left in order.
  private static void endBoth(Part server, Part daemon, RandomGenerator random) throws Exception {
    server.kill();
    if (random.nextInt(4) == 0) {
      daemon.stop();
    } else {
      daemon.kill();
    }
    if (random.nextBoolean()) {
      daemon.start();
      server.start();
    } else {
      server.start();
      daemon.start();
    }
  }

  private static void check(MixedFleet fleet, List<Event> events) {
    var ran = fleet.ended();
    assertThat(events.stream().filter(event -> event.type() == EventType.TASK_COMPLETED))
        .map(TaskFact::of)
        .filteredOn(fact -> fleet.references().contains(fact.holder().runtime()))
        .isNotEmpty()
        .allMatch(
            fact -> ran.contains(fact.task() + " " + fact.generation()),
            "its command has come to its end under that claim");
  }

  private static void checkEnds(TestServers servers, Load load, int made) {
    try (var database = new SingleDatabase(servers.jdbcUrl())) {
      var ends = Ends.of(database.db(), load.workspace());
      System.out.printf(
          "%s %s, %d reports of old claims refused%n",
          MixedFleetTest.class.getSimpleName(), ends, load.guarantees().count(Seen.What.FENCED));
      assertThat(ends.ends()).hasSizeGreaterThanOrEqualTo(made);
      ends.check(((MixedFleet) load.crew()).nameless());
    }
  }
}
