/// The calls of a daemon, typed: what is said to Muster, and what its answers mean.
@NullMarked
package dev.muster.client;

import org.jspecify.annotations.NullMarked;
