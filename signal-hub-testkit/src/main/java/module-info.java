/**
 * A simulated network for tests of applications of a hub, with virtual time and with faults drawn
 * from a seed. Also the contract of carriers, for authors of servers and adapters.
 */
module io.github.signalhub.testkit {
  requires transitive io.github.signalhub;
  requires static org.jspecify;

  exports io.github.signalhub.testkit;
  exports io.github.signalhub.testkit.backbone;
  exports io.github.signalhub.testkit.contract;
}
