/// The door to the feed: append with the change, relay into the log after commit, publish to Kafka
/// in order.
@NullMarked
package dev.muster.events.feed;

import org.jspecify.annotations.NullMarked;
