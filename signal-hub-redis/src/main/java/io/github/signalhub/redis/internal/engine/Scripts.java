package io.github.signalhub.redis.internal.engine;

import io.github.signalhub.redis.internal.link.RedisLink;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
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

  /**
   * Returns the arguments with which a node asks where the hub is, as {@code join.lua} has them.
   *
   * @param epoch the node's epoch
   * @param known the node's newest offset
   * @param next an epoch that may begin
   */
  List<Object> joining(
      HubKeys keys,
      String node,
      String format,
      String mode,
      String epoch,
      long known,
      String next) {
    return List.of(
        join,
        3,
        keys.hub(),
        keys.topics(),
        keys.nodes() + node,
        mode,
        epoch,
        known,
        next,
        node,
        HubKeys.VERSION,
        format,
        keys.streams(),
        keys.sequences(),
        keys.tables());
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
