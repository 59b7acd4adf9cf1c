package io.github.signalhub.redis.internal.engine;

import io.github.signalhub.redis.internal.link.RedisLink;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import redis.clients.jedis.Protocol.Command;

/** The scripts, as the server names them once it has them. Immutable. */
record Scripts(String join, String publish, String claim, String rights) {
  private static final String PRELUDE = text("incarnation.lua");

  /** Gives the scripts to a server. */
  static Scripts load(RedisLink link) {
    return new Scripts(
        load(link, PRELUDE + text("join.lua")),
        load(link, PRELUDE + text("publish.lua")),
        load(link, text("claim.lua")),
        load(link, text("rights.lua")));
  }

  private static String load(RedisLink link, String script) {
    return Answer.text(link.call(Command.SCRIPT, "LOAD", script));
  }

  private static String text(String file) {
    try (InputStream in = Scripts.class.getResourceAsStream(file)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
