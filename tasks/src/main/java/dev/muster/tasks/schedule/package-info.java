/// Schedules: when they are due, and the tasks that they make by themselves.
@NullMarked
package dev.muster.tasks.schedule;

import org.jspecify.annotations.NullMarked;
