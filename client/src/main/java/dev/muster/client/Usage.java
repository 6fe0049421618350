package dev.muster.client;

import java.util.Map;

/// What a run has used of one model so far.
public record Usage(String provider, String model, Tokens fresh, Tokens cached) {
  /// Tokens that went in and came out; of a cache, those that were written and read.
  public record Tokens(long in, long out) {}

  Map<String, Object> body() {
    return Json.object(
        "provider",
        provider,
        "model",
        model,
        "input_tokens",
        fresh.in(),
        "output_tokens",
        fresh.out(),
        "cache_read_tokens",
        cached.out(),
        "cache_write_tokens",
        cached.in());
  }
}
