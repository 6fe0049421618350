/// Webhooks, as people make, change and read them.
@NullMarked
package dev.muster.api.webhook;

import org.jspecify.annotations.NullMarked;
