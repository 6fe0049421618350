/// How bytes become checked values and refusals become problem documents: the one place for input
/// limits and errors.
@NullMarked
package dev.muster.api.edge;

import org.jspecify.annotations.NullMarked;
