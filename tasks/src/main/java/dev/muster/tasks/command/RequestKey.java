package dev.muster.tasks.command;

/// What a client calls a request, so that repeating it does nothing twice.
///
/// @param hash of the request: the same key with another request is a mistake
public record RequestKey(String key, String hash) {}
