package dev.muster.events.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Where webhooks may lead, as tables. No name is looked up.
class TargetsTest {
  private static final Map<String, List<String>> NAMES =
      Map.of(
          "public.example", List.of("93.184.215.14"),
          "inside.example", List.of("10.1.2.3"),
          "both.example", List.of("93.184.215.14", "169.254.169.254"));

  private static InetAddress[] resolve(String host) throws UnknownHostException {
    if (host.matches("[0-9.]+|\\[.*]")) {
      return InetAddress.getAllByName(host);
    }
    var addresses = NAMES.get(host);
    if (addresses == null) {
      throw new UnknownHostException(host);
    }
    return addresses.stream().map(TargetsTest::address).toArray(InetAddress[]::new);
  }

  private static InetAddress address(String text) {
    try {
      return InetAddress.getByName(text);
    } catch (UnknownHostException e) {
      throw new AssertionError(e);
    }
  }

  private static String reason(boolean allowPrivate, String url) {
    return switch (new Targets(allowPrivate, TargetsTest::resolve).check(url)) {
      case Target.Good(var good) -> "good: " + good;
      case Target.Wrong(var reason) -> reason;
    };
  }

  @ParameterizedTest
  @CsvSource({
    "0.0.0.0, an unspecified",
    "0.1.2.3, an unspecified",
    "10.0.0.1, a private",
    "10.255.255.255, a private",
    "100.64.0.1, a carrier's private",
    "100.127.255.255, a carrier's private",
    "127.0.0.1, a loopback",
    "127.9.9.9, a loopback",
    "168.63.129.16, a cloud's metadata",
    "169.254.169.254, a link-local",
    "172.16.0.1, a private",
    "172.31.255.255, a private",
    "192.0.0.192, a reserved",
    "192.168.1.1, a private",
    "198.18.0.1, a reserved",
    "198.19.255.255, a reserved",
    "224.0.0.1, a multicast",
    "255.255.255.255, a reserved",
    "[::], an unspecified",
    "[::1], a loopback",
    "[fe80::1], a link-local",
    "[fc00::1], a private",
    "[fd00:ec2::254], a private",
    "[ff02::1], a multicast",
    "[fec0::1], a reserved",
    "[2001:db8::1], a reserved",
    "[2001:0:4136:e378:8000:63bf:3fff:fdd2], a reserved",
    "[::ffff:10.0.0.1], a private",
    "[::ffff:127.0.0.1], a loopback",
    "[::127.0.0.1], a loopback",
    "[64:ff9b::10.0.0.1], a private",
    "[64:ff9b:1::1], a reserved",
    "[2002:7f00:1::1], a loopback",
    "[2002:a9fe:a9fe::1], a link-local",
  })
  void anAddressThatIsNotPublicIsRefused(String host, String kind) {
    assertThat(reason(false, "https://" + host + "/hook"))
        .startsWith("leads to ")
        .endsWith(", " + kind + " address");
    assertThat(reason(true, "http://" + host + "/hook")).startsWith("good: ");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://1.1.1.1/",
        "https://9.255.255.255/",
        "https://11.0.0.0/",
        "https://100.63.255.255/",
        "https://100.128.0.0/",
        "https://172.15.255.255/",
        "https://172.32.0.0/",
        "https://192.167.255.255/",
        "https://198.17.255.255/",
        "https://223.255.255.255/",
        "https://[2606:4700::1111]/",
        "https://[64:ff9b::1.1.1.1]/",
        "https://[2002:101:101::1]/",
        "https://public.example:8443/a?b=c",
        "HTTPS://public.example",
      })
  void aPublicAddressIsGood(String url) {
    assertThat(reason(false, url)).isEqualTo("good: " + url);
  }

  @ParameterizedTest
  @CsvSource({
    "'', is not a URL",
    "public.example, is not a URL",
    "mailto:a@public.example, is not a URL",
    "https://pub lic.example, is not a URL",
    "http://public.example/, must begin with https://",
    "ftp://public.example/, must begin with https://",
    "https://user:password@public.example/, must not have a user or password in it",
    "https:///path, has no host and port that can be connected to",
    "https://public.example:0/, has no host and port that can be connected to",
    "https://public.example:65536/, has no host and port that can be connected to",
    "https://public.example/#part, must not have a fragment",
    "https://ex\u00e4mple.com:8443/hook, has a host that must be written as xn--exmple-cua.com",
    "https://nowhere.example/, has a host that is not known: nowhere.example",
    "https://inside.example/, 'leads to 10.1.2.3, a private address'",
    "https://both.example/, 'leads to 169.254.169.254, a link-local address'",
  })
  void whatIsWrongIsSaid(String url, String reason) {
    assertThat(reason(false, url)).isEqualTo(reason);
  }

  @Test
  void aNameThatLeadsElsewhereTheNextTimeIsJudgedAgain() throws UnknownHostException {
    var answers = new ArrayDeque<>(List.of("93.184.215.14", "127.0.0.1"));
    var targets = new Targets(false, _ -> new InetAddress[] {address(answers.remove())});

    assertThat(targets.check("https://rebound.example/")).isInstanceOf(Target.Good.class);
    assertThatThrownBy(() -> targets.addresses("rebound.example"))
        .hasMessage("leads to 127.0.0.1, a loopback address");
  }

  /// As Standard Webhooks gives it as an example.
  @Test
  void aSignatureIsThatOfTheSpecification() {
    assertThat(
            Signature.of(
                "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
                "msg_p5jXN8AQM9LWM0D4loKWxJek",
                1_614_265_330L,
                "{\"test\": 2432232314}"))
        .isEqualTo("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
  }
}
