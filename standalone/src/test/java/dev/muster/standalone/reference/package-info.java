/// Makes the OpenAPI document of the routes as they are, and holds what is sent against it.
@NullMarked
package dev.muster.standalone.reference;

import org.jspecify.annotations.NullMarked;
