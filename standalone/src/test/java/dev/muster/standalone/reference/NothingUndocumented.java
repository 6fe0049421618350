package dev.muster.standalone.reference;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/// Makes each test red during which an api was asked, or answered, what the OpenAPI document does
/// not say.
public final class NothingUndocumented implements AfterEachCallback {
  @Override
  public void afterEach(ExtensionContext context) {
    assertThat(Recorder.broken())
        .as("requests and answers that docs/openapi.json does not describe")
        .isEmpty();
  }
}
