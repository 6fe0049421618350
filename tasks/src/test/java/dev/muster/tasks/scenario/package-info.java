/// What is decided, as sentences and as tables.
@NullMarked
package dev.muster.tasks.scenario;

import org.jspecify.annotations.NullMarked;
