/// Which runtime gets which task.
@NullMarked
package dev.muster.dispatcher.assign;

import org.jspecify.annotations.NullMarked;
