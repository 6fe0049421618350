package dev.muster.api.oidc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.muster.api.access.Role;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

/// The settings of sign-ins, as an operator writes them.
class OidcPropertiesTest {
  private static OidcProperties bound(Map<String, String> settings) {
    return new Binder(new MapConfigurationPropertySource(settings))
        .bindOrCreate("muster.oidc", Bindable.of(OidcProperties.class));
  }

  private static Map<String, String> with(String name, String value) {
    var settings = new HashMap<String, String>();
    settings.put("muster.oidc.issuer", "https://login.example.org");
    settings.put("muster.oidc.client-id", "muster");
    settings.put("muster.oidc." + name, value);
    return settings;
  }

  @Test
  void nobody_signs_in_so_where_nothing_is_set() {
    assertThat(bound(Map.of()).isOn()).isFalse();
    assertThat(bound(with("name", "Example")).isOn()).isTrue();
  }

  @Test
  void openid_is_asked_for_whatever_else_is() {
    assertThat(bound(with("scopes", "email,groups")).allScopes())
        .containsExactly("email", "groups", "openid");
  }

  @ParameterizedTest
  @CsvSource({
    "issuer, '', MUSTER_OIDC_ISSUER is not set",
    "client-id, '', MUSTER_OIDC_CLIENTID is not set",
    "issuer, http://login.example.org, MUSTER_OIDC_ISSUER is http://login.example.org",
    "issuer, login.example.org, MUSTER_OIDC_ISSUER is login.example.org",
    "redirect-uri, /oidc/callback, MUSTER_OIDC_REDIRECTURI is /oidc/callback",
    "domains, *, MUSTER_OIDC_DOMAINS has *",
    "domains, @example.org, MUSTER_OIDC_DOMAINS has @example.org",
    "roles, leads, MUSTER_OIDC_ROLES has leads",
    "roles, leads=acme, MUSTER_OIDC_ROLES has leads=acme",
    "roles, leads=acme:boss, MUSTER_OIDC_ROLES has leads=acme:boss",
    "roles, =acme:admin, MUSTER_OIDC_ROLES has =acme:admin",
    "roles, leads=:admin, MUSTER_OIDC_ROLES has leads=:admin",
    "signed-in-for, 0s, MUSTER_OIDC_SIGNEDINFOR and MUSTER_OIDC_TOKENSFOR must be at least a minute",
    "tokens-for, 1s, MUSTER_OIDC_SIGNEDINFOR and MUSTER_OIDC_TOKENSFOR must be at least a minute",
  })
  void what_cannot_be_is_refused_in_a_sentence(String name, String value, String sentence) {
    assertThatThrownBy(() -> bound(with(name, value)))
        .rootCause()
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith(sentence);
  }

  @ParameterizedTest
  @CsvSource({
    "https://login.example.org/realms/acme",
    "http://localhost:9000",
    "http://127.0.0.1:9000",
    "http://[::1]:9000",
  })
  void an_issuer_is_asked_over_tls_or_on_this_machine(String issuer) {
    assertThat(bound(with("issuer", issuer)).isOn()).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "'', none, none",
    "staff, member, none",
    "leads, admin, none",
    "'staff,leads', admin, none",
    "'leads,staff,cn=ops:eu', admin, owner",
    "Staff, none, none",
  })
  void the_rule_that_gives_more_counts(String groups, String acme, String other) {
    var rules =
        bound(with("roles", "staff=acme:member,leads=acme:admin,cn=ops:eu=other:owner"))
            .roleRules();

    var roles = RoleRule.judge(rules, List.of(groups.split(",")));

    assertThat(roles.keySet()).containsExactlyInAnyOrder("acme", "other");
    assertThat(roles)
        .hasEntrySatisfying("acme", role -> assertThat(word(role)).isEqualTo(acme))
        .hasEntrySatisfying("other", role -> assertThat(word(role)).isEqualTo(other));
  }

  private static String word(Optional<Role> role) {
    return role.map(Role::wire).orElse("none");
  }
}
