/// The Kafka clients of every process: whose settings count for each of them.
@NullMarked
package dev.muster.events.kafka;

import org.jspecify.annotations.NullMarked;
