package dev.muster.client;

/// One claim of one task: what every write about the task is made under.
///
/// @param generation the fencing token; 0 if the server gave none
public record Claim(String task, long generation) {}
