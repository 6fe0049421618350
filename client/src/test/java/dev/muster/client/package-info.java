/// Tests of the calls, and a server that plays its part in them.
@NullMarked
package dev.muster.client;

import org.jspecify.annotations.NullMarked;
