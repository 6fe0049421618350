/// What those who make webhooks and those who deliver to them share: where a webhook may lead, and
/// how what it sends is signed.
@NullMarked
package dev.muster.events.webhook;

import org.jspecify.annotations.NullMarked;
