/// Schedules, as people make, change and read them.
@NullMarked
package dev.muster.api.schedule;

import org.jspecify.annotations.NullMarked;
