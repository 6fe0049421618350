/// What people do with their own access: who they are, signing in by the page or the command line,
/// and the tokens they make, renew and revoke.
@NullMarked
package dev.muster.api.account;

import org.jspecify.annotations.NullMarked;
