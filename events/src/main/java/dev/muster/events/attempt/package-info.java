/// What ends a task's attempt without a word from its runtime: the way back into the queue, or to
/// failure.
@NullMarked
package dev.muster.events.attempt;

import org.jspecify.annotations.NullMarked;
