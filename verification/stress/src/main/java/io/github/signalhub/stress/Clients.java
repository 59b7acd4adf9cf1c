package io.github.signalhub.stress;

import io.github.signalhub.internal.session.ReadGate;
import io.github.signalhub.spi.Handshake;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.J_Result;
import org.openjdk.jcstress.infra.results.L_Result;
import org.openjdk.jcstress.infra.results.Z_Result;

/** Does a slow client get a gap, and does a client that ends leave nothing in the log? */
public final class Clients {
  private Clients() {}

  /** A slow client reads while unread messages are evicted. */
  @JCStressTest
  @Outcome(id = "sound", expect = Expect.ACCEPTABLE, desc = "Each message, or a gap for it.")
  @Outcome(expect = Expect.FORBIDDEN, desc = "Missing without a gap, or twice.")
  @State
  public static class Lag {
    private final Rig rig = new Rig();
    private final Rig.Side client;

    /** Offers a message to a client that does not read. */
    public Lag() {
      client = new Rig.Side(rig, Handshake.builder().after(rig.hub.lastId()).build());
      client.rest();
      client.stall(true);
      rig.hub.broadcast("N", 0);
      client.rest();
    }

    /** Publishes, which evicts a message. */
    @Actor
    public void publisher() {
      rig.hub.broadcast("N", 0);
      rig.hub.broadcast("N", 0);
      rig.hub.broadcast("N", 0);
    }

    /** Reads again. */
    @Actor
    public void loop() {
      client.stall(false);
      client.turn();
    }

    /** Runs the remaining tasks. */
    @Arbiter
    public void rest(L_Result result) {
      client.rest();
      result.r1 = client.account(4);
    }
  }

  /** A client gets a message while it ends. */
  @JCStressTest
  @Outcome(id = "0", expect = Expect.ACCEPTABLE, desc = "Nothing is left in the log.")
  @Outcome(expect = Expect.FORBIDDEN, desc = "The message outlives its client.")
  @State
  public static class Ending {
    private final Rig rig = new Rig();
    private final Rig.Side client = new Rig.Side(rig, Handshake.builder().build());

    /** Sends to the client alone. */
    @Actor
    public void sender() {
      rig.hub.sendToClient(client.clientId(), "N", 0);
      rig.hub.sendToClient(client.clientId(), "N", 0);
    }

    /** Ends the client. */
    @Actor
    public void loop() {
      client.cut();
    }

    /** Counts the remaining entries. */
    @Arbiter
    public void rest(J_Result result) {
      client.rest();
      result.r1 = rig.hub.stats().retainedMessages();
    }
  }

  /** Two threads stop and restart reading from a client. */
  @JCStressTest
  @Outcome(id = "true", expect = Expect.ACCEPTABLE, desc = "The hub reads again.")
  @Outcome(expect = Expect.FORBIDDEN, desc = "The hub does not read any more.")
  @State
  public static class Gate {
    private final Rig.Side client = new Rig.Side(new Rig(), Handshake.builder().build());
    private final ReadGate gate = new ReadGate(client);

    /** Holds and releases the gate. */
    @Actor
    public void one() {
      gate.hold(1);
      gate.release(1);
    }

    /** Holds and releases the gate as well. */
    @Actor
    public void other() {
      gate.hold(2);
      gate.release(2);
    }

    /** Checks that the hub reads. */
    @Arbiter
    public void look(Z_Result result) {
      result.r1 = client.readEnabled;
    }
  }
}
