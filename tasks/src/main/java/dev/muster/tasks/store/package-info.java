/// Tasks in Postgres: the only code that writes their rows, their attempts and their events.
@NullMarked
package dev.muster.tasks.store;

import org.jspecify.annotations.NullMarked;
