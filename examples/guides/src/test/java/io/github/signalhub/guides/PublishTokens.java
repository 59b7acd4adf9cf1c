package io.github.signalhub.guides;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.Authenticator;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpPrincipal;
import java.security.MessageDigest;
import java.util.Optional;

/** Admits the programs that know the token. Stateless, so thread-safe. */
final class PublishTokens extends Authenticator {
  private final byte[] expected;

  PublishTokens(String token) {
    expected = ("Bearer " + token).getBytes(UTF_8);
  }

  @Override
  public Result authenticate(HttpExchange exchange) {
    Optional<String> told =
        Optional.ofNullable(exchange.getRequestHeaders().getFirst("Authorization"));
    if (MessageDigest.isEqual(expected, told.orElse("").getBytes(UTF_8))) { // in constant time
      return new Success(new HttpPrincipal("publisher", "publish"));
    }
    exchange.getResponseHeaders().set("WWW-Authenticate", "Bearer");
    return new Failure(401);
  }
}
