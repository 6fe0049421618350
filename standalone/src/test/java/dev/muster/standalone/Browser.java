package dev.muster.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.openqa.selenium.By;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.WindowType;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.interactions.Actions;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.support.ui.Select;

/// A Chromium of a test's own, without a window, and somebody in front of it.
///
/// What they look for may take its time, as pages do: everything here waits for it.
final class Browser implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final String BINARY = "/usr/bin/chromium";
  private static final String DRIVER = "/usr/bin/chromedriver";

  /// Selenium wants a library for each version of Chromium, for what is not used here.
  private static final Logger SELENIUM = Logger.getLogger("org.openqa.selenium");

  private final ChromeDriver driver;

  Browser() {
    SELENIUM.setLevel(Level.SEVERE);
    var options = new ChromeOptions();
    options.setBinary(Optional.ofNullable(System.getenv("CHROMIUM")).orElse(BINARY));
    options.addArguments("--headless=new", "--no-sandbox", "--window-size=1280,900");
    options.setCapability("goog:loggingPrefs", Map.of(LogType.BROWSER, "ALL"));
    var service =
        new ChromeDriverService.Builder()
            .usingDriverExecutable(
                new File(Optional.ofNullable(System.getenv("CHROMEDRIVER")).orElse(DRIVER)))
            .usingAnyFreePort()
            .build();
    driver = new ChromeDriver(service, options);
  }

  /// Opens the page and signs in; the workspace is the one looked at last.
  void signIn(Api api, String workspace) {
    driver.get(api.url() + "/");
    driver.executeScript("sessionStorage.setItem('muster.workspace', arguments[0])", workspace);
    type("#token", api.token());
    click("form.door button");
    await("is live").atMost(PATIENCE).until(() -> text("#connection").startsWith("Live"));
  }

  void open(String url) {
    driver.get(url);
  }

  /// Opens another tab, and looks at it from now on.
  void newTab(String url) {
    driver.switchTo().newWindow(WindowType.TAB);
    driver.get(url);
  }

  /// Looks at the tab that was opened first.
  void firstTab() {
    driver.switchTo().window(driver.getWindowHandles().iterator().next());
  }

  void reload() {
    driver.navigate().refresh();
  }

  /// Goes somewhere within the page.
  void go(String hash) {
    driver.executeScript("location.hash = arguments[0]", hash);
  }

  /// What can be read in the first element that the selector finds; empty if there is none.
  String text(String selector) {
    var found =
        driver.executeScript(
            "return document.querySelector(arguments[0])?.innerText ?? ''", selector);
    return String.valueOf(found);
  }

  int count(String selector) {
    var found =
        driver.executeScript("return document.querySelectorAll(arguments[0]).length", selector);
    return Integer.parseInt(String.valueOf(found));
  }

  Object ask(String script) {
    return String.valueOf(driver.executeScript("return " + script));
  }

  /// Runs a script that hands a list of texts to its last argument when it is done.
  List<String> run(String script) {
    driver.manage().timeouts().scriptTimeout(PATIENCE);
    return ((List<?>) Objects.requireNonNull(driver.executeAsyncScript(script)))
        .stream().map(String::valueOf).toList();
  }

  void sees(String selector, String text) {
    sees(selector, text, PATIENCE);
  }

  void sees(String selector, String text, Duration patience) {
    await(selector + " says " + text)
        .atMost(patience)
        .untilAsserted(() -> assertThat(text(selector)).contains(text));
  }

  /// So many elements.
  void seesSo(String selector, int count) {
    await(count + " of " + selector)
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(count(selector)).isEqualTo(count));
  }

  /// More elements than so many.
  void seesMoreThan(String selector, int count) {
    await("more than " + count + " of " + selector)
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(count(selector)).isGreaterThan(count));
  }

  void seesNot(String selector) {
    await(selector + " is gone")
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(count(selector)).isZero());
  }

  void click(String selector) {
    await("clicking " + selector)
        .atMost(PATIENCE)
        .ignoreExceptions()
        .until(() -> {
          click(driver.findElement(By.cssSelector(selector)));
          return true;
        });
  }

  /// The driver scrolls no further than it must, which may leave an element below the header.
  private void click(WebElement element) {
    driver.executeScript("arguments[0].scrollIntoView({block: 'center'})", element);
    element.click();
  }

  /// Clicks the button that says so.
  void button(String text) {
    await("clicking " + text)
        .atMost(PATIENCE)
        .ignoreExceptions()
        .until(() -> {
          click(
              driver.findElement(
                  By.xpath(
                      "//button[normalize-space()='%s' and not(ancestor-or-self::*[@hidden])]"
                          .formatted(text))));
          return true;
        });
  }

  void type(String selector, String text) {
    await("typing into " + selector)
        .atMost(PATIENCE)
        .ignoreExceptions()
        .until(() -> {
          driver.findElement(By.cssSelector(selector)).sendKeys(text);
          return true;
        });
  }

  void clear(String selector) {
    await("clearing " + selector)
        .atMost(PATIENCE)
        .ignoreExceptions()
        .until(() -> {
          driver.findElement(By.cssSelector(selector)).clear();
          return true;
        });
  }

  /// Chooses of a select what says so.
  void choose(String selector, String text) {
    await("choosing " + text)
        .atMost(PATIENCE)
        .ignoreExceptions()
        .until(() -> {
          new Select(driver.findElement(By.cssSelector(selector))).selectByVisibleText(text);
          return true;
        });
  }

  /// Waits until the address within the page is another one.
  void seesElsewhere(Object hash) {
    await("leaving " + hash)
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(ask("location.hash")).isNotEqualTo(hash));
  }

  /// Presses keys, wherever the focus is.
  void press(CharSequence... keys) {
    new Actions(driver).sendKeys(keys).perform();
  }

  /// From now on on a phone.
  void onAPhone(int width) {
    driver.executeCdpCommand(
        "Emulation.setDeviceMetricsOverride",
        Map.of("width", width, "height", 740, "deviceScaleFactor", 1, "mobile", true));
  }

  /// What axe finds on the page against WCAG 2.2 AA, and against what is good practice besides.
  List<String> barriers() {
    try (var axe = Browser.class.getResourceAsStream("/axe.min.js")) {
      driver.executeScript(
          new String(Objects.requireNonNull(axe).readAllBytes(), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return run(
        """
        const done = arguments[arguments.length - 1];
        const rules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
        const said = ({ id, nodes }) => id + ": " + nodes.map((node) => node.target + " " + node.failureSummary).join("; ");
        axe.run(document, { runOnly: rules }).then(({ violations }) => done(violations.map(said)));
        """);
  }

  /// From now on in front of somebody who likes it dark, or does not.
  void prefersDark(boolean isDark) {
    driver.executeCdpCommand(
        "Emulation.setEmulatedMedia",
        Map.of(
            "features",
            List.of(Map.of("name", "prefers-color-scheme", "value", isDark ? "dark" : "light"))));
  }

  /// What the browser complained of since it was asked last: errors of scripts, refused requests,
  /// broken rules.
  List<String> complaints() {
    return driver.manage().logs().get(LogType.BROWSER).getAll().stream()
        .filter(entry -> entry.getLevel().intValue() >= Level.WARNING.intValue())
        .map(entry -> entry.getMessage())
        .toList();
  }

  @Override
  public void close() {
    driver.quit();
  }
}
