package dev.muster.dispatcher.webhook;

import java.util.UUID;

/// An event that is to be delivered.
///
/// @param attempts how often it was sent before
record Item(long position, String type, UUID subject, int attempts) {}
