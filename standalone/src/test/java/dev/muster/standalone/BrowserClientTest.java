package dev.muster.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// `muster-client.js` in a real Chromium, on sockets that say what a test wants them to say.
@Tag("browser")
class BrowserClientTest {
  /// Runs a client whose sockets play one scene each, one after the other, and tells what it did.
  private static final String STAGE =
      """
      const done = arguments[arguments.length - 1];
      const log = [];
      const scenes = [SCENES];
      let heads = 5;
      Math.random = () => 0;
      window.WebSocket = class {
        readyState = 1;
        constructor(address) {
          log.push("since " + new URL(address).searchParams.get("since"));
          setTimeout(() => {
            this.onopen();
            const scene = scenes.shift();
            if (scene) scene(this);
            else done(log);
          });
        }
        send(text) {
          const { type, payload } = JSON.parse(text);
          if (type !== "auth") log.push(type + " " + payload.from);
        }
        close() {}
        says(type, payload, cursor) { this.onmessage({ data: JSON.stringify({ type, payload, cursor }) }); }
        resumes(recovered) { this.says("resume", { recovered, reason: "epoch_changed" }); }
        ends(code) { this.onclose({ code, reason: "" }); setTimeout(() => scenes.length || code === 4001 && done(log)); }
      };
      import("/muster-client.js").then(({ MusterClient }) => {
        class Client extends MusterClient {
          async snapshot() { log.push("snapshot"); return { cursor: "E:" + heads++ }; }
        }
        let failing = FAILING;
        const told = (state) => state.name === "live" ? "live " + state.recovered : state.name;
        const client = new Client({ url: location.origin, workspace: "W", token: "T",
          onSnapshot: () => { if (failing-- > 0) throw new Error("failed"); },
          onEvent: (event) => log.push(event.type + " " + event.cursor),
          onState: (state) => {
            if (state.name !== "connecting") log.push(told(state));
            if (state.name === "live" && SUBSCRIBING) client.subscribe("T");
          } });
        client.start();
      });
      """;

  /// Runs a client whose requests are answered in turn as said, and tells how it went on.
  private static final String ANSWERS =
      """
      const done = arguments[arguments.length - 1];
      const log = [];
      const answers = [SCENES];
      Math.random = () => 0;
      // The page itself asks for other things.
      const others = window.fetch;
      window.fetch = async (asked, ...more) =>
        String(asked).endsWith("/snapshot") ? answers.shift()() : others(asked, ...more);
      import("/muster-client.js").then(({ MusterClient }) =>
        new MusterClient({ url: location.origin, workspace: "W", token: "T",
          onState: ({ name, code }) => {
            if (name !== "connecting") log.push(name + (code ? " " + code : ""));
            if (name === "refused") done(log);
          } }).start());
      """;

  private final Browser browser = new Browser();

  private List<String> play(String... scenes) {
    return run(STAGE, scenes);
  }

  private List<String> run(String script, String... scenes) {
    browser.open(TestMuster.get().url() + "/");
    return browser.run(
        script
            .replace("SCENES", String.join(",\n", scenes))
            .replace("SUBSCRIBING", "false")
            .replace("FAILING", "0"));
  }

  @AfterEach
  void closed() {
    browser.close();
  }

  @Test
  void comesBackWithItsCursorAndTellsThatNothingWasMissed() {
    var did =
        play(
            "(s) => { s.resumes(true); s.says('task:queued', {}, 'E:6'); s.ends(1006); }",
            "(s) => { s.resumes(true); s.says('task:queued', {}, 'E:7'); s.ends(1001); }");

    assertThat(did)
        .containsExactly(
            "snapshot",
            "since E:5",
            "live false",
            "task:queued E:6",
            "waiting",
            "since E:6",
            "live true",
            "task:queued E:7",
            "waiting",
            "since E:7");
  }

  @Test
  void whoSubscribesWheneverItIsLiveHasEachOutputOnce() {
    var said = "{ task_id: 'T', messages: [{ seq: 7, claim_generation: 1 }] }";
    var did =
        run(
            STAGE.replace("SUBSCRIBING", "true"),
            "(s) => { s.resumes(true); s.says('task:messages', %s); s.ends(1006); }"
                .formatted(said),
            "(s) => { s.resumes(true); s.ends(1006); }");

    assertThat(did)
        .containsExactly(
            "snapshot",
            "since E:5",
            "live false",
            "subscribe 0",
            "task:messages undefined",
            "waiting",
            "since E:5",
            "subscribe 8",
            "live true",
            "waiting",
            "since E:5");
  }

  @Test
  void aSnapshotWhoseHandlerThrewIsTakenAgain() {
    var did = run(STAGE.replace("FAILING", "1"), "(s) => { s.resumes(true); s.ends(1006); }");

    assertThat(did)
        .containsExactly(
            "snapshot", "waiting", "snapshot", "since E:6", "live false", "waiting", "since E:6");
  }

  @Test
  void takesASnapshotAgainWhenTheServerCannotTellWhatWasMissed() {
    var did =
        play(
            "(s) => { s.resumes(true); s.ends(1006); }",
            "(s) => s.resumes(false)",
            "(s) => { s.resumes(true); s.ends(1006); }");

    assertThat(did)
        .containsExactly(
            "snapshot",
            "since E:5",
            "live false",
            "waiting",
            "since E:5",
            "waiting",
            "snapshot",
            "since E:6",
            "live false",
            "waiting",
            "since E:6");
  }

  @Test
  void noticesAHoleInTheEventsAndOneThatOnlyAHeartbeatShows() {
    var did =
        play(
            "(s) => { s.resumes(true); s.says('task:queued', {}, 'E:7'); }",
            "(s) => { s.resumes(true); s.says('heartbeat', {}, 'E:6'); }");

    assertThat(did)
        .containsExactly(
            "snapshot",
            "since E:5",
            "live false",
            "waiting",
            "since E:5",
            "live true",
            "waiting",
            "since E:5");
  }

  @Test
  void hearsWhatIsToldTwiceOnce() {
    var did =
        play(
            "(s) => { s.resumes(true); s.says('task:queued', {}, 'E:5'); s.says('task:running', {}, 'E:6');"
                + " s.says('task:running', {}, 'E:6'); s.says('heartbeat', {}, 'E:6'); s.ends(1006); }");

    assertThat(did)
        .containsExactly(
            "snapshot", "since E:5", "live false", "task:running E:6", "waiting", "since E:6");
  }

  @Test
  void doesNotComeBackWhenItIsNotWantedAnyMore() {
    var did = play("(s) => { s.resumes(true); s.ends(4001); }");

    assertThat(did).containsExactly("snapshot", "since E:5", "live false", "refused");
  }

  @Test
  void takesNoProxysRefusalForTheServersLastWord() {
    var html = "{ headers: { 'Content-Type': 'text/html' } }";
    var did =
        run(
            ANSWERS,
            "() => new Response('<h1>Not Found</h1>', { status: 404, ...%s })".formatted(html),
            "() => new Response('<h1>Forbidden</h1>', { status: 403, ...%s })".formatted(html),
            "() => new Response('<h1>Updating</h1>', { status: 200, ...%s })".formatted(html),
            "() => { throw new TypeError('Failed to fetch'); }",
            "() => new Response('{}', { status: 403, headers: { 'Content-Type': 'application/problem+json' } })");

    assertThat(did).containsExactly("waiting", "waiting", "waiting", "waiting", "refused 403");
  }
}
