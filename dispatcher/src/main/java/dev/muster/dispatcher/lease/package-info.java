/// What happens when a runtime or a claim is silent for too long.
@NullMarked
package dev.muster.dispatcher.lease;

import org.jspecify.annotations.NullMarked;
