/**
 * A backbone over Redis or Valkey, which makes several nodes one hub. Depends on the hub and on
 * Jedis.
 */
@SuppressWarnings("requires-automatic") // Jedis has a module name, but no module descriptor
module io.github.signalhub.redis {
  requires transitive io.github.signalhub;
  requires static org.jspecify;
  requires redis.clients.jedis;

  exports io.github.signalhub.redis;
}
