package dev.muster.standalone;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/// What every refusal must be: no failure of the server, a whole problem document, and nothing of
/// the server's inside.
final class Refusals {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final Pattern INSIDE =
      Pattern.compile(
          "(\\bat [a-z]+\\.[a-z.]+\\()|Exception|\\b(java|jakarta|org|com|tools|dev)\\.[a-z]+\\.[a-zA-Z.]+|PSQL|SELECT |INSERT |Apache|Tomcat|<html",
          Pattern.CASE_INSENSITIVE);
  private static final List<String> MEMBERS = List.of("type", "title", "status", "detail", "error");

  /// What RFC 9110 asks for where a transfer coding or a method is not known to any server.
  private static final int NOT_IMPLEMENTED = 501;

  private final List<String> wrong = new ArrayList<>();

  /// Everything that was found wrong so far.
  List<String> wrong() {
    return List.copyOf(wrong);
  }

  void note(String what) {
    wrong.add(what);
  }

  /// Checks an answer of any status.
  void check(String request, RawHttp.Answer answer) {
    if (answer.status() >= 500 && answer.status() != NOT_IMPLEMENTED) {
      wrong.add(request + ": " + answer.status());
    }
    if (answer.status() >= 400) {
      problem(request, answer);
    }
  }

  /// Checks an answer that must be a refusal.
  void refused(String request, RawHttp.Answer answer) {
    check(request, answer);
    if (answer.status() < 400) {
      wrong.add(request + ": was not refused: " + answer.status());
    }
  }

  private void problem(String request, RawHttp.Answer answer) {
    var text = answer.text();
    if (!answer.headers().getOrDefault("content-type", "").startsWith("application/problem+json")) {
      wrong.add(request + ": " + answer.status() + " is no problem document: " + answer.headers());
      return;
    }
    try {
      var problem = JSON.readTree(text);
      for (var member : MEMBERS) {
        if (!problem.has(member)) {
          wrong.add(request + ": lacks " + member + ": " + text);
        }
      }
      if (problem.path("status").asInt(0) != answer.status()) {
        wrong.add(request + ": says another status than " + answer.status() + ": " + text);
      }
    } catch (JacksonException e) {
      wrong.add(request + ": is not JSON: " + RawHttp.shortened(text));
    }
    if (INSIDE.matcher(text).find()) {
      wrong.add(request + ": shows the inside: " + RawHttp.shortened(text));
    }
  }
}
