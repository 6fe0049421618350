/// Dead letters, for people: tasks that have failed for good, to look at and to redrive.
@NullMarked
package dev.muster.api.deadletter;

import org.jspecify.annotations.NullMarked;
