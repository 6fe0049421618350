/// What a workspace keeps, and how it is kept from more than it may.
@NullMarked
package dev.muster.api.storage;

import org.jspecify.annotations.NullMarked;
