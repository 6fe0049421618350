/// A workspace as it is at one position of its feed.
@NullMarked
package dev.muster.api.snapshot;

import org.jspecify.annotations.NullMarked;
