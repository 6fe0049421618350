package dev.muster.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.events.feed.FeedRig;
import org.junit.jupiter.api.Test;

/// A history that begins anew while dashboards watch: they are told, and nobody has to start the
/// api again for that.
class NewEpochTest {
  @Test
  void whoWatchesIsSentAwayAndComesBackToAnotherHistory() throws Exception {
    try (var rig = FeedRig.start();
        var context =
            Applications.api(
                rig.jdbcUrl(), rig.kafka(), TestMuster.OWNER_TOKEN, "--server.port=0")) {
      var api = new Api("http://localhost:" + Applications.port(context), TestMuster.OWNER_TOKEN);
      var workspace = api.newWorkspace();
      var snapshot = "/api/workspaces/" + workspace + "/snapshot";
      var cursor = api.get(snapshot).ok().get("cursor").asString();
      var watching = Dashboard.watch(api, workspace, "&since=" + cursor);

      var epoch = rig.db().sql("SELECT begin_epoch()").query(String.class).single();

      assertThat(watching.closeCode()).isEqualTo(1001);
      var back = Dashboard.watch(api, workspace, "&since=" + cursor);
      var resume = back.first("resume").get("payload");
      assertThat(resume.get("recovered").asBoolean()).isFalse();
      assertThat(resume.get("reason").asString()).isEqualTo("epoch_changed");
      assertThat(resume.get("head").asString()).startsWith(epoch + ":");
      assertThat(api.get(snapshot).ok().get("cursor").asString()).startsWith(epoch + ":");
    }
  }
}
