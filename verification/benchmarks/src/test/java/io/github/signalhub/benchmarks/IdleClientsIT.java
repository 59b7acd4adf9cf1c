package io.github.signalhub.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * An idle client gets no heavier. Objects are counted, so the result does not depend on time. The
 * limits leave a fifth of room, for other JDKs and for a few objects. If a change needs more, it
 * says why.
 */
@Timeout(300)
class IdleClientsIT {
  private static final int CLIENTS = 2_000;

  @Test
  void plainClientHoldsWhatItNeedsWhileItIsIdle() throws Exception {
    IdleClients.Result client = IdleClients.measure(IdleClients.Kind.PLAIN, CLIENTS);

    assertThat(client.objects()).as("%s", client).isLessThan(53);
    assertThat(client.bytes()).as("%s", client).isLessThan(2_110);
    assertThat(client.heap().classes())
        .allSatisfy(
            (name, share) -> {
              if (name.matches(".*\\.(FrameDecoder|MessageAssembler|ControlQueue|MessageRate)")) {
                assertThat((double) share.objects() / CLIENTS).as(name).isLessThan(0.01);
              }
            });
  }

  @Test
  void clientOfTheHookHoldsItsSessionAndItsTopicBesides() throws Exception {
    IdleClients.Result client = IdleClients.measure(IdleClients.Kind.HOOK, CLIENTS);

    assertThat(client.objects()).as("%s", client).isLessThan(86);
    assertThat(client.bytes()).as("%s", client).isLessThan(3_250);
  }
}
