@NullMarked
package dev.muster.dispatcher.assign;

import org.jspecify.annotations.NullMarked;
