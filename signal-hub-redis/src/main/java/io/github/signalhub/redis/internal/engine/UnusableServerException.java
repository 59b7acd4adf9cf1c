package io.github.signalhub.redis.internal.engine;

import java.io.IOException;
import java.util.List;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.exceptions.JedisAccessControlException;
import redis.clients.jedis.exceptions.JedisConnectionException;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.exceptions.JedisException;

/**
 * Says in one sentence why a server cannot be used, and what to do. It names addresses and users,
 * and never a password.
 */
final class UnusableServerException extends IOException {
  private static final long serialVersionUID = 1L;

  /** What the scripts, the tail and the publisher need. */
  private static final String RIGHTS =
      "+evalsha +script|load +info +time +xadd +xrange +xread +xtrim +hset +hget +hmget +hgetall"
          + " +hdel +hscan +sadd +srem +smembers +exists +expire +del +get +set +rpush +lpop +llen";

  private final boolean isPermanent;

  private UnusableServerException(String message, Throwable cause, boolean isPermanent) {
    super(message, cause);
    this.isPermanent = isPermanent;
  }

  /** Returns whether trying again will not help before somebody changes something. */
  boolean isPermanent() {
    return isPermanent;
  }

  static UnusableServerException permanent(String message) {
    return new UnusableServerException(message, null, true);
  }

  static UnusableServerException unknownMaster(JedisException cause) {
    return new UnusableServerException(
        "cannot find the master: " + words(cause) + "; check the addresses", cause, false);
  }

  static UnusableServerException replica(HostAndPort address) {
    return new UnusableServerException(
        "expected a master at "
            + address
            + ", was a replica; name the master's address, or the sentinels",
        null,
        false);
  }

  /** Explains an error of a server, or of the link to it. */
  static UnusableServerException of(
      JedisException error, HostAndPort address, String user, HubKeys keys) {
    String words = words(error);
    if (isPassword(error, words)) {
      return new UnusableServerException(
          "Redis at "
              + address
              + " refuses the user or the password: "
              + words
              + "; set credentials",
          error,
          true);
    } else if (isRight(words)) {
      return new UnusableServerException(
          "Redis at "
              + address
              + " forbids the user '"
              + user
              + "' what the hub needs: "
              + words
              + "; allow it, such as by ACL SETUSER "
              + user
              + " ~"
              + keys.pattern()
              + " "
              + RIGHTS,
          error,
          true);
    } else if (error instanceof JedisConnectionException) {
      return new UnusableServerException(
          "cannot use Redis at "
              + address
              + ": "
              + words
              + "; check the address, whether it runs, and whether it expects TLS",
          error,
          false);
    }
    return new UnusableServerException(
        "Redis at " + address + " refuses a command of the hub: " + words, error, false);
  }

  private static boolean isPassword(JedisException error, String words) {
    return error instanceof JedisAccessControlException && !words.startsWith("NOPERM")
        || words.contains("invalid password")
        || words.contains("without any password configured");
  }

  private static boolean isRight(String words) {
    return List.of("NOPERM", "ACL failure", "can't run this command", "no permissions").stream()
            .anyMatch(words::contains)
        || words.toLowerCase(java.util.Locale.ROOT).contains("unknown command")
        || words.contains("Unknown Redis command called from");
  }

  /** Returns the words of an error and its causes. Answers of Redis have no text of ours. */
  private static String words(Throwable error) {
    StringBuilder words = new StringBuilder(String.valueOf(error.getMessage()));
    for (Throwable cause = error.getCause(); cause != null; cause = cause.getCause()) {
      String more = String.valueOf(cause.getMessage());
      if (words.indexOf(more) < 0) {
        words.append(" (").append(more).append(')');
      }
    }
    for (Throwable tried : error.getSuppressed()) {
      words.append(" (").append(words(tried)).append(')');
    }
    return words.toString();
  }

  /**
   * Returns whether an answer says that this server is no master, or not that of the hub's slot.
   */
  static boolean isElsewhere(JedisDataException answer) {
    String words = String.valueOf(answer.getMessage());
    return List.of("READONLY", "MOVED", "ASK ", "UNBLOCKED", "MASTERDOWN", "CLUSTERDOWN").stream()
        .anyMatch(words::contains);
  }
}
