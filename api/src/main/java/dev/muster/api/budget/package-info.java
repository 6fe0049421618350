/// What is used of tokens, and how much of them an agent or a workspace may use a day.
@NullMarked
package dev.muster.api.budget;

import org.jspecify.annotations.NullMarked;
