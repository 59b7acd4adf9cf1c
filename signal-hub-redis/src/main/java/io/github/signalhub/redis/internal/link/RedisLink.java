package io.github.signalhub.redis.internal.link;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import redis.clients.jedis.CommandArguments;
import redis.clients.jedis.Connection;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.JedisClientConfig;
import redis.clients.jedis.commands.ProtocolCommand;
import redis.clients.jedis.exceptions.JedisConnectionException;

/**
 * A link to one server. It can have several commands on their way, and it is opened once: Jedis
 * would open a socket again by itself, and a command could then be sent to another history.
 *
 * <p>Confined to one thread, but for {@link #cut}.
 */
public final class RedisLink extends Connection {
  /** Set by the constructor of the super class, so it has no initial value here. */
  private boolean opened;

  private final HostAndPort address;

  /** Opens a link, and logs in. */
  public RedisLink(HostAndPort address, JedisClientConfig config) {
    super(address, config);
    this.address = address;
  }

  /** Returns the server's address. */
  public HostAndPort address() {
    return address;
  }

  @Override
  public void connect() {
    if (!opened) {
      opened = true;
      super.connect();
    } else if (!isConnected()) {
      throw new JedisConnectionException("the link was cut");
    }
  }

  /** Sends a command, and returns its answer: bytes, a {@code Long}, a list of these, or null. */
  public Object call(ProtocolCommand command, Object... arguments) {
    send(command, List.of(arguments));
    return getOne();
  }

  /** Puts a command behind those that were not flushed. */
  public void send(ProtocolCommand command, List<?> arguments) {
    CommandArguments all = new CommandArguments(command);
    for (Object argument : arguments) {
      all.add(
          argument instanceof byte[] bytes
              ? bytes
              : String.valueOf(argument).getBytes(StandardCharsets.UTF_8));
    }
    sendCommand(all);
  }

  @Override
  public void flush() {
    super.flush();
  }

  /** Waits for the next answer. */
  public Object receive() {
    return getUnflushedObject();
  }

  /** Ends the link, and drops what was not flushed. */
  @Override
  public void close() {
    cut();
  }

  /** Ends the link at once. The thread that uses it gets an exception. Callable by any thread. */
  public void cut() {
    try {
      forceDisconnect();
    } catch (IOException | RuntimeException e) {
      // it is closed
    }
  }
}
