package dev.muster.standalone.fault;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;

/// Stands before an api, or several that take turns, and lets calls, or their answers, get lost,
/// come twice or come late.
///
/// One virtual thread and one connection to each api for each connection of a client, so a client
/// that keeps its connection alive does so through the proxy too. What is not chosen by a rule
/// passes as it is.
public final class FaultProxy implements AutoCloseable {
  private static final long LATE_MILLIS = 100;

  private final List<URI> apis;
  private final AtomicInteger turn = new AtomicInteger();
  private final List<Rule> rules;
  private final Map<Rule, AtomicLong> calls = new ConcurrentHashMap<>();
  private final Map<Fate, AtomicLong> fates = new ConcurrentHashMap<>();
  private final ConcurrentLinkedQueue<Lost> lost = new ConcurrentLinkedQueue<>();
  private final Set<Socket> clients = ConcurrentHashMap.newKeySet();
  private final ServerSocket server;

  /// An answer that the server gave and no client got.
  ///
  /// @param call `METHOD /path`
  public record Lost(String call, int status, String body) {}

  private final CountDownLatch closed = new CountDownLatch(1);

  private FaultProxy(List<URI> apis, List<Rule> rules) throws IOException {
    this.apis = List.copyOf(apis);
    this.rules = List.copyOf(rules);
    this.server = new ServerSocket(0, 1_000, InetAddress.getLoopbackAddress());
  }

  /// Starts a proxy on a free port.
  ///
  /// @param rules the first one that is for a call, and hits it, decides
  public static FaultProxy start(String api, List<Rule> rules) throws IOException {
    return start(List.of(URI.create(api)), rules);
  }

  /// Starts a proxy that gives each call to the next of the apis, as a balancer does.
  public static FaultProxy balancing(List<String> apis) throws IOException {
    return balancing(apis, List.of());
  }

  /// The same, with a rule for what gets lost on the way.
  public static FaultProxy balancing(List<String> apis, List<Rule> rules) throws IOException {
    return start(apis.stream().map(URI::create).toList(), rules);
  }

  private static FaultProxy start(List<URI> apis, List<Rule> rules) throws IOException {
    var proxy = new FaultProxy(apis, rules);
    Thread.ofVirtual().name("fault-proxy").start(proxy::accept);
    return proxy;
  }

  public String url() {
    return "http://localhost:" + server.getLocalPort();
  }

  /// The answers that got lost since this was last asked.
  public List<Lost> takeLost() {
    var taken = new java.util.ArrayList<Lost>();
    for (var next = lost.poll(); next != null; next = lost.poll()) {
      taken.add(next);
    }
    return taken;
  }

  /// How many calls met which fate.
  public Map<Fate, Long> fates() {
    return fates.entrySet().stream()
        .collect(Collectors.toMap(Map.Entry::getKey, e -> e.getValue().get()));
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        var client = server.accept();
        clients.add(client);
        Thread.ofVirtual().start(() -> serve(client));
      } catch (IOException e) {
        return;
      }
    }
  }

  private void serve(Socket client) {
    try (client;
        var upstream = new Upstream(apis, turn)) {
      client.setTcpNoDelay(true);
      var in = new BufferedInputStream(client.getInputStream());
      for (var request = HttpMessage.request(in);
          request.isPresent();
          request = HttpMessage.request(in)) {
        var answer = pass(request.get(), upstream);
        if (answer.isEmpty()) {
          return;
        }
        client.getOutputStream().write(answer.get().raw());
        client.getOutputStream().flush();
        if (request.get().isLast() || answer.get().isLast()) {
          return;
        }
      }
    } catch (IOException e) {
      // One side is gone; the other one sees its connection closed.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      clients.remove(client);
    }
  }

  /// The answer that the client is to get, if it is to get one.
  private Optional<HttpMessage> pass(HttpMessage request, Upstream upstream)
      throws IOException, InterruptedException {
    var fate = fate(request.call());
    fates.computeIfAbsent(fate, _ -> new AtomicLong()).incrementAndGet();
    return switch (fate) {
      case PASSED -> Optional.of(upstream.exchange(request));
      case REQUEST_LOST -> Optional.empty();
      case ANSWER_LOST -> {
        lose(request, upstream.exchange(request));
        yield Optional.empty();
      }
      case SENT_TWICE -> {
        var first = upstream.exchange(request);
        var second = upstream.exchange(request);
        if (!second.text().equals(first.text())) {
          lose(request, second);
        }
        yield Optional.of(first);
      }
      case LATE -> {
        // Nobody waits for what is late once the proxy is closed.
        var _ = closed.await(LATE_MILLIS, TimeUnit.MILLISECONDS);
        yield Optional.of(upstream.exchange(request));
      }
    };
  }

  private Fate fate(String call) {
    for (var rule : rules) {
      if (rule.isFor().test(call)
          && rule.isHit()
              .test(calls.computeIfAbsent(rule, _ -> new AtomicLong()).getAndIncrement())) {
        return rule.fate();
      }
    }
    return Fate.PASSED;
  }

  private void lose(HttpMessage request, HttpMessage answer) {
    lost.add(new Lost(request.call(), answer.status(), answer.text()));
  }

  @Override
  public void close() throws IOException {
    closed.countDown();
    server.close();
    for (var client : clients) {
      client.close();
    }
  }
}
