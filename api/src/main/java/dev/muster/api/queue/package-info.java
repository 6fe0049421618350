/// What puts tasks into the queue, takes them out again, and wakes whoever waits for them.
@NullMarked
package dev.muster.api.queue;

import org.jspecify.annotations.NullMarked;
