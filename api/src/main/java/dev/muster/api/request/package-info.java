/// Reads requests: their bodies, and what their routes do not know.
@NullMarked
package dev.muster.api.request;

import org.jspecify.annotations.NullMarked;
