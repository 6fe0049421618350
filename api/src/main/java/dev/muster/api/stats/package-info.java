/// What a workspace did lately, minute by minute.
@NullMarked
package dev.muster.api.stats;

import org.jspecify.annotations.NullMarked;
