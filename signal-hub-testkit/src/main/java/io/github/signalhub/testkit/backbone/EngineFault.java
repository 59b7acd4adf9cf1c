package io.github.signalhub.testkit.backbone;

/** Something that goes wrong between a {@link MemoryEngine} and its nodes. */
public enum EngineFault {
  /** A node's link is cut, and for a while it gets no other. */
  CUT,
  /** A node does nothing for a while. */
  PAUSE,
  /** No node reaches the engine for a while. */
  AWAY,
  /** The engine stops. After a while it starts with everything that it had. */
  RESTART,
  /** A replica that lags takes the place of the engine, so the newest publications are lost. */
  FAIL_OVER,
  /** The engine loses everything. */
  FLUSH,
  /** A replica takes the place of the engine for some nodes. After a while one of the two ends. */
  SPLIT
}
