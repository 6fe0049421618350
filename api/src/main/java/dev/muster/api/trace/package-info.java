/// The spans of requests and claims, where traces are exported.
@NullMarked
package dev.muster.api.trace;

import org.jspecify.annotations.NullMarked;
