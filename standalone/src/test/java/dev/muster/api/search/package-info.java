@NullMarked
package dev.muster.api.search;

import org.jspecify.annotations.NullMarked;
