/// What consumers may rely on, as the published documents say it, for tests to hold it against what
/// is really emitted.
@NullMarked
package dev.muster.standalone.contract;

import org.jspecify.annotations.NullMarked;
