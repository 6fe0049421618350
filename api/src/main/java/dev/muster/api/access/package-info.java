/// Who calls and what they may do: tokens, memberships, scopes.
@NullMarked
package dev.muster.api.access;

import org.jspecify.annotations.NullMarked;
