package dev.muster.client;

/// One claim of one task: what every write about the task is made under.
///
/// @param generation the fencing token; 0 if the server gave none
/// @param traceparent what the spans of its writes go on from (W3C Trace Context); empty if the
///   task is not traced
public record Claim(String task, long generation, String traceparent) {
  /// A claim that is not traced.
  public Claim(String task, long generation) {
    this(task, generation, "");
  }
}
