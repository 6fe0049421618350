/// The feed as this instance reads it: from Kafka for whoever reacts at once, from the log for
/// whoever asks for what was.
@NullMarked
package dev.muster.api.feed;

import org.jspecify.annotations.NullMarked;
