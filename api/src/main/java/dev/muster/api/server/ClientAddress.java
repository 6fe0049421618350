package dev.muster.api.server;

import java.util.List;

/// Where a client comes from, as limits count it: an IPv6 client has a whole network of addresses
/// to itself.
public final class ClientAddress {
  private static final int NETWORK_GROUPS = 4;

  private ClientAddress() {}

  /// The address, or its first 64 bits.
  public static String network(String address) {
    var groups = address.split(":", -1);
    return groups.length < NETWORK_GROUPS
        ? address
        : String.join(":", List.of(groups).subList(0, NETWORK_GROUPS));
  }
}
