/// Workspaces, who belongs to them, and the service users that their owners make.
@NullMarked
package dev.muster.api.workspace;

import org.jspecify.annotations.NullMarked;
