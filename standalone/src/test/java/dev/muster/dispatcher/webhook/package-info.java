@NullMarked
package dev.muster.dispatcher.webhook;

import org.jspecify.annotations.NullMarked;
