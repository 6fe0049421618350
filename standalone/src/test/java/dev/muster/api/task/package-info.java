@NullMarked
package dev.muster.api.task;

import org.jspecify.annotations.NullMarked;
