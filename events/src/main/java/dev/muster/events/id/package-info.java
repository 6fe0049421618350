/// Typed ids: what may not be confused with one another across package edges.
@NullMarked
package dev.muster.events.id;

import org.jspecify.annotations.NullMarked;
