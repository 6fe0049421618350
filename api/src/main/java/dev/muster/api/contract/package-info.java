/// What consumers may rely on, served by the server that keeps it: the AsyncAPI document and the
/// schemas.
@NullMarked
package dev.muster.api.contract;

import org.jspecify.annotations.NullMarked;
