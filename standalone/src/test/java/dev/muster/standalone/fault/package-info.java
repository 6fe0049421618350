/// Faults between a client and the api: what is lost, comes twice or comes late on the way.
@NullMarked
package dev.muster.standalone.fault;

import org.jspecify.annotations.NullMarked;
