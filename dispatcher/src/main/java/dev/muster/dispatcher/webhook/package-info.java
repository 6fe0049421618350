/// Sends events to the servers that webhooks name.
@NullMarked
package dev.muster.dispatcher.webhook;

import org.jspecify.annotations.NullMarked;
