/**
 * A simulated network for tests of what is built on a hub: virtual time, and faults drawn from a
 * seed. And the contract of carriers, for authors of servers and adapters.
 */
module io.github.signalhub.testkit {
  requires transitive io.github.signalhub;

  exports io.github.signalhub.testkit;
  exports io.github.signalhub.testkit.contract;
}
