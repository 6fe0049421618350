package dev.muster.events.webhook;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// Which addresses lead to somewhere else than the public internet.
final class AddressKind {
  /// A block of addresses, by its first bits.
  private static final class Block {
    private final byte[] first;
    private final int bits;
    private final String kind;

    Block(byte[] first, int bits, String kind) {
      this.first = first;
      this.bits = bits;
      this.kind = kind;
    }

    boolean has(byte[] address) {
      if (address.length != first.length) {
        return false;
      }
      var whole = bits / 8;
      var rest = bits % 8;
      return Arrays.equals(address, 0, whole, first, 0, whole)
          && (rest == 0 || ((address[whole] ^ first[whole]) & 0xff) >> (8 - rest) == 0);
    }
  }

  private static final List<Block> NOT_PUBLIC =
      List.of(
          block("0.0.0.0/8", "an unspecified"),
          block("10.0.0.0/8", "a private"),
          block("100.64.0.0/10", "a carrier's private"),
          block("127.0.0.0/8", "a loopback"),
          block("168.63.129.16/32", "a cloud's metadata"),
          block("169.254.0.0/16", "a link-local"),
          block("172.16.0.0/12", "a private"),
          block("192.0.0.0/24", "a reserved"),
          block("192.0.2.0/24", "a reserved"),
          block("192.88.99.0/24", "a reserved"),
          block("192.168.0.0/16", "a private"),
          block("198.18.0.0/15", "a reserved"),
          block("198.51.100.0/24", "a reserved"),
          block("203.0.113.0/24", "a reserved"),
          block("224.0.0.0/4", "a multicast"),
          block("240.0.0.0/4", "a reserved"),
          block("::/128", "an unspecified"),
          block("::1/128", "a loopback"),
          block("fc00::/7", "a private"),
          block("fe80::/10", "a link-local"),
          block("ff00::/8", "a multicast"),
          block("2001::/23", "a reserved"),
          block("2001:db8::/32", "a reserved"),
          block("3fff::/20", "a reserved"));

  /// The only part of IPv6 that is given out for the public internet.
  private static final Block GLOBAL = block("2000::/3", "a public");

  /// Addresses that stand for one of IPv4, and where that begins in them.
  private static final List<Block> CARRIES_IPV4 =
      List.of(
          mapped(),
          block("64:ff9b::/96", "translated"),
          block("2002::/16", "a tunnel's"),
          block("::/96", "compatible"));

  private static final int TUNNEL_BITS = 16;

  private AddressKind() {}

  /// What an address is that is not public, with its article; empty for one that is.
  static Optional<String> ofPrivate(InetAddress address) {
    return ofPrivate(address.getAddress());
  }

  private static Optional<String> ofPrivate(byte[] address) {
    var known = NOT_PUBLIC.stream().filter(block -> block.has(address)).findFirst();
    if (known.isPresent()) {
      return known.map(block -> block.kind);
    }
    if (address.length == 4) {
      return Optional.empty();
    }
    var carries = CARRIES_IPV4.stream().filter(block -> block.has(address)).findFirst();
    if (carries.isPresent()) {
      var from = carries.get().bits == TUNNEL_BITS ? TUNNEL_BITS / 8 : address.length - 4;
      return ofPrivate(Arrays.copyOfRange(address, from, from + 4));
    }
    return GLOBAL.has(address) ? Optional.empty() : Optional.of("a reserved");
  }

  /// By its bytes: Java reads the text of such an address as one of IPv4.
  private static Block mapped() {
    var first = new byte[16];
    first[10] = (byte) 0xff;
    first[11] = (byte) 0xff;
    return new Block(first, 96, "mapped");
  }

  private static Block block(String cidr, String kind) {
    var slash = cidr.indexOf('/');
    try {
      // No name is looked up: these are addresses.
      return new Block(
          InetAddress.getByName(cidr.substring(0, slash)).getAddress(),
          Integer.parseInt(cidr.substring(slash + 1)),
          kind);
    } catch (UnknownHostException e) {
      throw new IllegalStateException(cidr + " is no block of addresses", e);
    }
  }
}
