/// The life of a task at the edge: queued, claimed, started, reported, cancelled.
@NullMarked
package dev.muster.api.task;

import org.jspecify.annotations.NullMarked;
