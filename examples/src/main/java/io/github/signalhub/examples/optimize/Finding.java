package io.github.signalhub.examples.optimize;

/**
 * A finding of an analysis, before it has a number and a time. Immutable.
 *
 * @param kind the analysis; kind and node identify the finding within a flow
 * @param nodeId the node
 * @param title one short sentence
 * @param detail the measurements
 * @param savingMillis by how much a run would be shorter
 */
record Finding(Kind kind, String nodeId, String title, String detail, long savingMillis) {
  enum Kind {
    BOTTLENECK,
    RETRIES,
    NEEDLESS_WAIT
  }
}
