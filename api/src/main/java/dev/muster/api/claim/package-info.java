/// Claims: a runtime asks for a task, alone or in a batch, at once or parked until there is one.
@NullMarked
package dev.muster.api.claim;

import org.jspecify.annotations.NullMarked;
