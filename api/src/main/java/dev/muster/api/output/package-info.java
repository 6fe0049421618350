/// What running tasks say while they run: out to Kafka, and back in for whoever watches here.
@NullMarked
package dev.muster.api.output;

import org.jspecify.annotations.NullMarked;
