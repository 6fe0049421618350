@NullMarked
package dev.muster.dispatcher.lease;

import org.jspecify.annotations.NullMarked;
