package dev.muster.api.server;

import jakarta.servlet.ServletException;
import java.io.IOException;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ValveBase;
import org.springframework.http.HttpStatus;

/// Says of a connection that a request has come, and that it has become a WebSocket.
final class ConnectionValve extends ValveBase {
  ConnectionValve() {
    super(true);
  }

  @Override
  public void invoke(Request request, Response response) throws IOException, ServletException {
    OpenConnection.requestArrived();
    getNext().invoke(request, response);
    if (response.getStatus() == HttpStatus.SWITCHING_PROTOCOLS.value()) {
      OpenConnection.upgraded();
    }
  }
}
