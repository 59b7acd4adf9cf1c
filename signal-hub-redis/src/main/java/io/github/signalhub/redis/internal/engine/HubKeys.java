package io.github.signalhub.redis.internal.engine;

/**
 * The names of a hub's keys. All have the hub's name as their hash tag, so they are in one slot of
 * a cluster. Immutable.
 *
 * <table class="plain">
 *   <caption>The keys of the hub <i>h</i></caption>
 *   <tr><td>{@code sh:{h}:hub}</td><td>a hash: version and format, epoch, base, newest offset</td></tr>
 *   <tr><td>{@code sh:{h}:log:<epoch>}</td><td>the stream</td></tr>
 *   <tr><td>{@code sh:{h}:seq:<epoch>}</td><td>a hash: of each node the newest sequence number</td></tr>
 *   <tr><td>{@code sh:{h}:tables}</td><td>a set: the topics that have rows</td></tr>
 *   <tr><td>{@code sh:{h}:node:<node>}</td><td>there for ten seconds after a node's last word</td></tr>
 *   <tr><td>{@code sh:{h}:ref:<session and ref>}</td><td>who processes a client's message, or its outcome</td></tr>
 *   <tr><td>{@code sh:{h}:refs:<session>}</td><td>a list: the keys of its newest messages</td></tr>
 *   <tr><td>{@code sh:{h}:table:<topic>}</td><td>a hash: of each key offset, time and body</td></tr>
 * </table>
 */
public final class HubKeys {
  /** Raised whenever what the keys hold changes. */
  static final String VERSION = "1";

  private final String prefix;

  /** Creates the names for a hub. */
  public HubKeys(String hub) {
    prefix = "sh:{" + hub + "}:";
  }

  /** Returns the key that is there as long as the hub is. */
  public String hub() {
    return prefix + "hub";
  }

  String streams() {
    return prefix + "log:";
  }

  String sequences() {
    return prefix + "seq:";
  }

  String topics() {
    return prefix + "tables";
  }

  String tables() {
    return prefix + "table:";
  }

  String nodes() {
    return prefix + "node:";
  }

  /** Returns the key of a client's message. The length keeps apart what has the same characters. */
  String message(String session, String ref) {
    return prefix + "ref:" + session.length() + ":" + session + ":" + ref;
  }

  /** Returns the key of the messages of a client's session. */
  String session(String session) {
    return prefix + "refs:" + session;
  }

  String probe(String name) {
    return prefix + "probe:" + name;
  }

  /** Returns the pattern of all keys, as access control lists have it. */
  String pattern() {
    return prefix + "*";
  }
}
