/// The contract of Muster: typed ids, task states, events and topics.
@NullMarked
package dev.muster.events;

import org.jspecify.annotations.NullMarked;
