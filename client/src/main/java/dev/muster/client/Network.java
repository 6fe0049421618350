package dev.muster.client;

import java.io.IOException;
import java.io.InputStream;
import java.net.ProxySelector;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/// How a server is reached from here: by which proxy, and whose certificates are trusted.
///
/// @param trust whom it trusts instead of those that the JDK brings
public record Network(ProxySelector proxies, Optional<SSLContext> trust) {

  /// What the environment says: `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY` as other programs read
  /// them, and in `MUSTER_CA_FILE` certificates that are trusted besides the usual ones.
  ///
  /// @throws IllegalArgumentException if a value is impossible, in a sentence
  public static Network of(Map<String, String> environment) {
    return new Network(
        ProxyVariables.of(environment),
        Optional.ofNullable(environment.get("MUSTER_CA_FILE"))
            .filter(file -> !file.isBlank())
            .map(Network::trusting));
  }

  /// Tells a client of both.
  public HttpClient.Builder apply(HttpClient.Builder builder) {
    trust.ifPresent(builder::sslContext);
    return builder.proxy(proxies);
  }

  private static SSLContext trusting(String file) {
    try (var in = Files.newInputStream(Path.of(file))) {
      return context(in);
    } catch (IOException | GeneralSecurityException | IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "MUSTER_CA_FILE is %s, which cannot be read as certificates (%s)"
              .formatted(file, e.getMessage()),
          e);
    }
  }

  private static SSLContext context(InputStream in) throws GeneralSecurityException, IOException {
    var store = KeyStore.getInstance(KeyStore.getDefaultType());
    store.load(null, null);
    var count = 0;
    for (var usual : authorities(null).getAcceptedIssuers()) {
      store.setCertificateEntry("ca-" + count++, usual);
    }
    var usual = count;
    for (var more : CertificateFactory.getInstance("X.509").generateCertificates(in)) {
      store.setCertificateEntry("ca-" + count++, (X509Certificate) more);
    }
    if (count == usual) {
      throw new IllegalArgumentException("there is none in it");
    }
    var context = SSLContext.getInstance("TLS");
    context.init(null, new X509TrustManager[] {authorities(store)}, null);
    return context;
  }

  /// @param store null for those that the JDK brings
  private static X509TrustManager authorities(@Nullable KeyStore store)
      throws GeneralSecurityException {
    var factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(store);
    return Arrays.stream(factory.getTrustManagers())
        .filter(X509TrustManager.class::isInstance)
        .map(X509TrustManager.class::cast)
        .findFirst()
        .orElseThrow();
  }
}
