package dev.muster.api.edge;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/// A route whose answer may be a page of long texts. Such answers share [ServerMemory] until they
/// are sent.
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
public @interface LargeAnswer {
  /// About how much memory the answer may take while it is made and sent.
  int bytes() default 4 * Page.BYTES;
}
