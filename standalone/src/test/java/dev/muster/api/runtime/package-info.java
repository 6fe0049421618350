@NullMarked
package dev.muster.api.runtime;

import org.jspecify.annotations.NullMarked;
