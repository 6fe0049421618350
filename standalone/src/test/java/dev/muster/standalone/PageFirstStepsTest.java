package dev.muster.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// From an empty server to a finished task, with nothing but the page and what it says to run.
@Tag("browser")
class PageFirstStepsTest {
  @TempDir private Path data = Path.of("");

  @Test
  void anEmptyServerIsTakenToAFinishedTaskOnThePageAlone() throws Exception {
    var server = OwnServer.in(data);
    server.process().start();
    try (var browser = new Browser();
        var checkout = new Checkout(data)) {
      browser.open(server.api().url() + "/");
      browser.type("#token", TestMuster.OWNER_TOKEN);
      browser.button("Sign in");

      browser.sees("h1", "Create a workspace");
      browser.type("#field-name", "Acme Works");
      browser.button("Create the workspace");

      browser.sees(".newcomer", "Connect a runtime");
      browser.click(".newcomer a.button");
      browser.sees("h1", "Connect a runtime");
      browser.button("Show what to run");
      browser.sees(".connect-result", "./muster runtime");
      browser.sees(".arrival", "Waiting for the runtime");
      checkout.run(browser.text(".connect-result pre"));
      browser.sees(".arrival", "is connected");

      browser.click(".arrival a.button");
      browser.sees("h1", "New agent");
      browser.type("#field-name", "Greeter");
      browser.button("Create the agent");

      browser.sees("h1", "New task");
      browser.type("#field-title", "Say hello");
      browser.type("#field-prompt", "To everybody");
      browser.button("Queue the task");

      browser.sees(".task-head", "Completed");
      browser.sees(".result", "Hello from Greeter");
      browser.sees(".result", "To everybody");
      var first = browser.ask("location.hash");
      browser.button("Retry");
      browser.seesElsewhere(first);
      browser.sees(".task-head", "Completed");
      browser.sees(".result", "Hello from Greeter");
      browser.go("#/");
      browser.sees(".column[data-state=completed] .count", "2");
      assertThat(browser.complaints()).isEmpty();
    } finally {
      server.process().stop();
    }
  }
}
