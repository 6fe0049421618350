package dev.muster.bench;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.HdrHistogram.Histogram;

/// Many sockets in a process of their own, read by one thread: `SocketClients PORT TARGET SOCKETS
/// SILENT`. Of the sockets the last SILENT are never read from. Says `connected`, then answers each
/// line with what has come since `forget` was said: frames, the nanosecond of the first and of the
/// last, and how late they were (p50, p99, max in microseconds).
public final class SocketClients {
  private static final int AT_ONCE = 100;
  private static final int BUFFER = 16 * 1024;
  private static final byte[] SENT_AT = "\"t\": ".getBytes(ISO_8859_1);
  private static final byte[] PONG = {(byte) 0x8a, (byte) 0x80, 0, 0, 0, 0};
  private static final int TEXT = 1;
  private static final int PING = 9;
  private static final int SHORT_FOLLOWS = 126;

  private final Selector selector = Selector.open();
  private final Queue<Runnable> asked = new ConcurrentLinkedQueue<>();
  private final ArrayDeque<Integer> toOpen = new ArrayDeque<>();
  private final Histogram late = new Histogram(3);
  private final InetSocketAddress server;
  private final byte[] handshake;
  private final int sockets;
  private final int reading;
  private int opened;
  private long first;
  private long last;

  private SocketClients(int port, String target, int sockets, int silent) throws IOException {
    this.server = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    this.handshake =
        """
        GET %s HTTP/1.1\r
        Host: 127.0.0.1:%d\r
        Upgrade: websocket\r
        Connection: Upgrade\r
        Sec-WebSocket-Version: 13\r
        Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r
        \r
        """
            .formatted(target, port)
            .getBytes(ISO_8859_1);
    this.sockets = sockets;
    this.reading = sockets - silent;
    for (var i = 0; i < sockets; i++) {
      toOpen.add(i);
    }
  }

  public static void main(String[] arguments) throws IOException {
    var clients =
        new SocketClients(
            Integer.parseInt(arguments[0]),
            arguments[1],
            Integer.parseInt(arguments[2]),
            Integer.parseInt(arguments[3]));
    Thread.ofPlatform().daemon(true).start(clients::listen);
    clients.run();
  }

  private void listen() {
    try (var in = new BufferedReader(new InputStreamReader(System.in, ISO_8859_1))) {
      for (var line = in.readLine(); line != null; line = in.readLine()) {
        var forget = line.equals("forget");
        asked.add(() -> report(forget));
        selector.wakeup();
      }
    } catch (IOException e) {
      System.err.println("stdin is gone: " + e);
    }
    System.exit(0);
  }

  private void report(boolean forget) {
    System.out.printf(
        "%d %d %d %d %d %d%n",
        late.getTotalCount(),
        first,
        last,
        late.getValueAtPercentile(50) / 1_000,
        late.getValueAtPercentile(99) / 1_000,
        late.getMaxValue() / 1_000);
    if (forget) {
      late.reset();
      first = 0;
    }
  }

  /// One socket. Its handshake's answer is over when `upgraded`.
  private static final class Client {
    private final int number;
    private final ByteBuffer in = ByteBuffer.allocate(BUFFER);
    private boolean upgraded;

    Client(int number) {
      this.number = number;
    }
  }

  private void run() throws IOException {
    for (var i = 0; i < AT_ONCE; i++) {
      openNext();
    }
    while (true) {
      selector.select();
      for (var task = asked.poll(); task != null; task = asked.poll()) {
        task.run();
      }
      for (var key : selector.selectedKeys()) {
        if (key.attachment() instanceof Client client) {
          read(key, client);
        }
      }
      selector.selectedKeys().clear();
    }
  }

  private void openNext() throws IOException {
    var number = toOpen.poll();
    if (number == null) {
      return;
    }
    var channel = SocketChannel.open(server);
    channel.write(ByteBuffer.wrap(handshake));
    channel.configureBlocking(false);
    channel.register(selector, SelectionKey.OP_READ, new Client(number));
  }

  private void read(SelectionKey key, Client client) throws IOException {
    if (!(key.channel() instanceof SocketChannel channel)) {
      return;
    }
    var now = System.nanoTime();
    if (channel.read(client.in) < 0) {
      System.err.println("a socket was closed");
      key.cancel();
      return;
    }
    client.in.flip();
    if (!client.upgraded) {
      upgrade(key, client);
    }
    if (client.upgraded) {
      while (frame(channel, client.in, now)) {}
    }
    client.in.compact();
  }

  private void upgrade(SelectionKey key, Client client) throws IOException {
    var answer = new String(client.in.array(), 0, client.in.limit(), ISO_8859_1);
    var end = answer.indexOf("\r\n\r\n");
    if (end < 0) {
      return;
    }
    if (!answer.startsWith("HTTP/1.1 101")) {
      throw new IOException(answer);
    }
    client.in.position(end + 4);
    client.upgraded = true;
    if (client.number >= reading) {
      key.interestOps(0);
    }
    openNext();
    if (++opened == sockets) {
      System.out.println("connected");
    }
  }

  /// Takes one frame, if all of it is there.
  private boolean frame(SocketChannel channel, ByteBuffer in, long now) throws IOException {
    if (in.remaining() < 2) {
      return false;
    }
    var start = in.position();
    var opcode = in.get(start) & 0x0f;
    var length = in.get(start + 1) & 0x7f;
    var head = 2;
    if (length == SHORT_FOLLOWS) {
      if (in.remaining() < 4) {
        return false;
      }
      length = in.getShort(start + 2) & 0xffff;
      head = 4;
    }
    if (in.remaining() < head + length) {
      return false;
    }
    in.position(start + head + length);
    if (opcode == TEXT) {
      text(in, start + head, length, now);
    } else if (opcode == PING) {
      channel.write(ByteBuffer.wrap(PONG));
    }
    return true;
  }

  private void text(ByteBuffer in, int start, int length, long now) {
    var sentAt = number(in, start, start + length);
    if (sentAt > 0) {
      late.recordValue(Math.max(0, now - sentAt));
      first = first == 0 ? now : first;
      last = now;
    }
  }

  /// The number behind the name of the time of sending; 0 if the frame has none.
  private static long number(ByteBuffer in, int start, int end) {
    for (var at = start; at < end - SENT_AT.length; at++) {
      var i = 0;
      while (i < SENT_AT.length && in.get(at + i) == SENT_AT[i]) {
        i++;
      }
      if (i == SENT_AT.length) {
        var number = 0L;
        for (var digit = at + i;
            digit < end && in.get(digit) >= '0' && in.get(digit) <= '9';
            digit++) {
          number = number * 10 + in.get(digit) - '0';
        }
        return number;
      }
    }
    return 0;
  }
}
