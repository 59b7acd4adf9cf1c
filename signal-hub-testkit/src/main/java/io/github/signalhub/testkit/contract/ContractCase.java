package io.github.signalhub.testkit.contract;

import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/**
 * One rule that a carrier keeps, as a test that any framework can run.
 *
 * <p>Every case starts a hub and a carrier of its own, so cases can run in any order, and several
 * at once. Immutable.
 */
public final class ContractCase {
  private static final long MOST_SECONDS = 180;

  private final String name;
  private final Body body;

  /** The steps of a case. */
  interface Body {
    void run() throws Exception;
  }

  ContractCase(String name, Body body) {
    this.name = Objects.requireNonNull(name, "name");
    this.body = Objects.requireNonNull(body, "body");
  }

  /** Returns the rule in one sentence; constant, and different for each case. */
  public String name() {
    return name;
  }

  /**
   * Checks the rule. Returns if the carrier keeps it. Waits at most 30 seconds for each action of
   * the carrier, and at most 3 minutes in all.
   *
   * @throws AssertionError if the carrier breaks the rule. The message states the expected value,
   *     the value seen, and why it matters to a user
   * @throws Exception if the carrier could not be started, or threw when it was stopped
   */
  public void run() throws Exception {
    AtomicReference<Throwable> thrown = new AtomicReference<>();
    Thread thread =
        new Thread(
            () -> {
              try {
                body.run();
              } catch (Throwable e) {
                thrown.set(e);
              }
            },
            "contract: " + name);
    thread.setDaemon(true);
    thread.start();
    thread.join(TimeUnit.SECONDS.toMillis(MOST_SECONDS));
    if (thread.isAlive()) {
      AssertionError hung =
          new AssertionError(
              "expected the end of the case within "
                  + MOST_SECONDS
                  + " seconds, but a call into the carrier or the hub did not return");
      hung.setStackTrace(thread.getStackTrace());
      thread.interrupt();
      throw hung;
    }
    rethrow(thrown.get());
  }

  private void rethrow(Throwable thrown) throws Exception {
    if (thrown instanceof AssertionError) { // many reports show a number instead of the name
      throw new AssertionError(name + ": " + thrown.getMessage(), thrown);
    }
    if (thrown instanceof Error error) {
      throw error;
    }
    if (thrown instanceof Exception exception) {
      throw exception;
    }
  }

  /** Returns the name. */
  @Override
  public String toString() {
    return name;
  }
}
