package io.github.signalhub.examples.optimize;

/**
 * What an analysis found, before it has a number and a time. Immutable.
 *
 * @param kind which analysis; with the node it identifies the finding within a flow
 * @param nodeId which node
 * @param title one short sentence
 * @param detail what was measured
 * @param savingMillis by how much a run would be shorter
 */
record Finding(Kind kind, String nodeId, String title, String detail, long savingMillis) {
  enum Kind {
    BOTTLENECK,
    RETRIES,
    NEEDLESS_WAIT
  }
}
