package dev.muster.tasks.decide;

import java.util.Comparator;
import java.util.UUID;

/// The order of ids in Postgres: by their bytes, without a sign, which [UUID#compareTo] is not.
public final class UuidOrder {
  public static final Comparator<UUID> AS_IN_POSTGRES =
      (a, b) -> {
        var high = Long.compareUnsigned(a.getMostSignificantBits(), b.getMostSignificantBits());
        return high != 0
            ? high
            : Long.compareUnsigned(a.getLeastSignificantBits(), b.getLeastSignificantBits());
      };

  private UuidOrder() {}
}
