package io.github.signalhub.testkit.contract;

/** A call on a thread of its own. A case may wait for it. Thread-safe. */
final class Background {
  private final String call;
  private volatile String state = "a call that still waits";
  private volatile boolean done;

  /** Starts a call, such as {@code Hub.close}. */
  Background(String call, ContractCase.Body body) {
    this.call = call;
    Thread thread = new Thread(() -> run(body), "contract: " + call);
    thread.setDaemon(true);
    thread.start();
  }

  private void run(ContractCase.Body body) {
    try {
      body.run();
      done = true;
    } catch (Throwable e) { // the case reports its own failure
      state = "a call that threw " + e;
    }
  }

  boolean isDone() {
    return done;
  }

  void await(Stage stage) throws InterruptedException {
    stage.await(
        this::isDone,
        "a return of " + call,
        () -> state,
        "A server that is stopped ends in the time that it was given.");
  }
}
