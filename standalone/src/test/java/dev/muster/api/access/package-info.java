@NullMarked
package dev.muster.api.access;

import org.jspecify.annotations.NullMarked;
