/// How much each workspace keeps in Postgres, and whether that is more than it may.
@NullMarked
package dev.muster.events.storage;

import org.jspecify.annotations.NullMarked;
