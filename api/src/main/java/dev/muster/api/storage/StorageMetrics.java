package dev.muster.api.storage;

import dev.muster.events.storage.StoredBytes;
import dev.muster.events.storage.StoredBytes.Fullness;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.EnumSet;
import java.util.Locale;
import org.springframework.stereotype.Component;

/// How many workspaces have used up most of what they may keep, or all of it.
@Component
class StorageMetrics {
  StorageMetrics(StoredBytes stored, MeterRegistry meters) {
    EnumSet.complementOf(EnumSet.of(Fullness.ROOMY))
        .forEach(state ->
            Gauge.builder("muster.storage.workspaces", stored, bytes -> bytes.count(state))
                .tag("state", state.name().toLowerCase(Locale.ROOT))
                .description("Workspaces that have used 80, 100, 110 % of what they may keep")
                .register(meters));
  }
}
