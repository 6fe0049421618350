/// The contract, held to its word.
@NullMarked
package dev.muster.events;

import org.jspecify.annotations.NullMarked;
