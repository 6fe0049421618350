/// How people sign in with a company's provider (OpenID Connect): who gets in, with which roles,
/// and the token that the page holds then.
@NullMarked
package dev.muster.api.oidc;

import org.jspecify.annotations.NullMarked;
