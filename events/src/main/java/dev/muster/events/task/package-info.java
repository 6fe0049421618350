/// The task state machine: states, commands, failure reasons, and the one table of legal moves.
@NullMarked
package dev.muster.events.task;

import org.jspecify.annotations.NullMarked;
