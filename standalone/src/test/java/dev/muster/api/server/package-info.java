@NullMarked
package dev.muster.api.server;

import org.jspecify.annotations.NullMarked;
