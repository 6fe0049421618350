package dev.muster.api.server;

import org.apache.catalina.core.StandardHost;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.boot.webmvc.autoconfigure.WebMvcRegistrations;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;

/// The web server as the edge needs it: its own refusals are problem documents, and a body is never
/// taken for a form.
@Configuration(proxyBeanMethods = false)
class WebServerConfiguration {
  /// Whoever looks for a query parameter must not read the body away, whatever content type a
  /// client says it has: `curl -d` calls everything a form.
  private static final String NO_METHOD = "";

  @Bean
  WebServerFactoryCustomizer<TomcatServletWebServerFactory> refusals(ConnectionGuard guard) {
    return server -> {
      server.setProtocol(GuardedProtocol.class.getName());
      server.addProtocolHandlerCustomizers((GuardedProtocol protocol) -> protocol.guardedBy(guard));
      server.addEngineValves(new ConnectionValve());
      server.addContextCustomizers(context -> {
        if (context.getParent() instanceof StandardHost host) {
          host.setErrorReportValveClass(ProblemValve.class.getName());
        }
      });
      server.addConnectorCustomizers(connector -> connector.setParseBodyMethods(NO_METHOD));
    };
  }

  @Bean
  WebMvcRegistrations routes() {
    return new WebMvcRegistrations() {
      @Override
      public RequestMappingHandlerMapping getRequestMappingHandlerMapping() {
        return new RouteMapping();
      }
    };
  }
}
