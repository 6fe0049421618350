/// What a monitoring system is told about this installation.
@NullMarked
package dev.muster.api.metrics;

import org.jspecify.annotations.NullMarked;
