package dev.muster.standalone;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.trace.v1.Span;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;

/// What stands where a collector does: takes OTLP over HTTP, and keeps it.
final class OtlpReceiver implements AutoCloseable {
  private final HttpServer server;
  private final List<Seen> spans = new CopyOnWriteArrayList<>();
  private final Set<String> metrics = ConcurrentHashMap.newKeySet();

  /// A span, and which service made it.
  record Seen(String service, Span span) {
    String id() {
      return HexFormat.of().formatHex(span.getSpanId().toByteArray());
    }

    String parent() {
      return HexFormat.of().formatHex(span.getParentSpanId().toByteArray());
    }

    String trace() {
      return HexFormat.of().formatHex(span.getTraceId().toByteArray());
    }

    Map<String, Object> attributes() {
      return map(span.getAttributesList());
    }

    private static Map<String, Object> map(List<KeyValue> attributes) {
      return attributes.stream().collect(Collectors.toMap(KeyValue::getKey, Seen::value));
    }

    private static Object value(KeyValue attribute) {
      var value = attribute.getValue();
      return value.hasIntValue() ? (Object) value.getIntValue() : value.getStringValue();
    }
  }

  OtlpReceiver() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/v1/traces", this::traces);
    server.createContext("/v1/metrics", this::metrics);
    server.start();
  }

  String endpoint() {
    return "http://localhost:" + server.getAddress().getPort();
  }

  /// The spans of a trace so far.
  List<Seen> spans(String trace) {
    return spans.stream().filter(span -> span.trace().equals(trace)).toList();
  }

  Set<String> metrics() {
    return metrics;
  }

  private void traces(HttpExchange exchange) throws IOException {
    for (var resource :
        ExportTraceServiceRequest.parseFrom(exchange.getRequestBody()).getResourceSpansList()) {
      var attributes = Seen.map(resource.getResource().getAttributesList());
      var service = String.valueOf(attributes.get("service.name"));
      resource.getScopeSpansList().stream()
          .flatMap(scope -> scope.getSpansList().stream())
          .forEach(span -> spans.add(new Seen(service, span)));
    }
    answer(exchange);
  }

  private void metrics(HttpExchange exchange) throws IOException {
    ExportMetricsServiceRequest.parseFrom(exchange.getRequestBody())
        .getResourceMetricsList()
        .stream()
        .flatMap(resource -> resource.getScopeMetricsList().stream())
        .flatMap(scope -> scope.getMetricsList().stream())
        .forEach(metric -> metrics.add(metric.getName()));
    answer(exchange);
  }

  private static void answer(HttpExchange exchange) throws IOException {
    exchange.getResponseHeaders().add("Content-Type", "application/x-protobuf");
    exchange.sendResponseHeaders(200, -1);
    exchange.close();
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
