/// Fires schedules when they are due.
@NullMarked
package dev.muster.dispatcher.schedule;

import org.jspecify.annotations.NullMarked;
