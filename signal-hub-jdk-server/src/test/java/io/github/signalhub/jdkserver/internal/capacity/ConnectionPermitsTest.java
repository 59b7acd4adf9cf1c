package io.github.signalhub.jdkserver.internal.capacity;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.signalhub.internal.counters.Counters;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class ConnectionPermitsTest {
  private final Counters<Limit> hits = Counters.of(Limit.class);
  private final ConnectionPermits permits =
      new ConnectionPermits(
          new PeerLimits(4, OptionalInt.of(2)), ConnectionPermitsTest::isProxy, hits);

  @Test
  void refusesTheOneTooManyOfAnAddressUntilAnotherLeaves() throws Exception {
    permits.tryTake(address("203.0.113.1"));
    permits.tryTake(address("203.0.113.1"));
    assertThat(permits.tryTake(address("203.0.113.1"))).isFalse();
    assertThat(hits.of(Limit.MAX_CONNECTIONS_PER_ADDRESS)).isEqualTo(1);
    assertThat(permits.tryTake(address("203.0.113.2"))).isTrue();

    permits.giveBack(address("203.0.113.1"));

    assertThat(permits.tryTake(address("203.0.113.1"))).isTrue();
  }

  @Test
  void refusesTheOneTooManyInAll() throws Exception {
    permits.tryTake(address("203.0.113.1"));
    for (int i = 2; i <= 4; i++) {
      assertThat(permits.tryTake(address("203.0.113." + i))).isTrue();
    }
    assertThat(permits.tryTake(address("203.0.113.5"))).isFalse();
    assertThat(hits.of(Limit.MAX_CONNECTIONS)).isEqualTo(1);
    assertThat(hits.of(Limit.MAX_CONNECTIONS_PER_ADDRESS)).isZero();

    permits.giveBack(address("203.0.113.1"));

    assertThat(permits.tryTake(address("203.0.113.5"))).isTrue();
  }

  @Test
  void leavesRoomForOthersWhereNoLimitForOneAddressIsSet() throws Exception {
    ConnectionPermits open =
        new ConnectionPermits(
            new PeerLimits(100, OptionalInt.empty()), ConnectionPermitsTest::isProxy, hits);

    assertThat(enterAsOftenAsPossible(open, "203.0.113.1")).isEqualTo(75);
    assertThat(enterAsOftenAsPossible(open, "203.0.113.2")).isEqualTo(19);
    assertThat(open.tryTake(address("203.0.113.3"))).isTrue();
    assertThat(enterAsOftenAsPossible(open, "10.0.0.1")).isEqualTo(5);
  }

  @Test
  void givesTheShareOfAnAddressBack() throws Exception {
    ConnectionPermits open =
        new ConnectionPermits(new PeerLimits(100, OptionalInt.empty()), address -> false, hits);
    open.tryTake(address("203.0.113.1"));
    enterAsOftenAsPossible(open, "203.0.113.1");

    open.giveBack(address("203.0.113.1"));

    assertThat(open.connections()).isEqualTo(74);
    assertThat(enterAsOftenAsPossible(open, "203.0.113.1")).isEqualTo(1);
  }

  @Test
  void hasAPlaceForAnAddressThatHasNoneAsLongAsOneIsFree() throws Exception {
    ConnectionPermits open =
        new ConnectionPermits(new PeerLimits(4, OptionalInt.empty()), address -> false, hits);

    for (int i = 1; i <= 4; i++) {
      assertThat(open.tryTake(address("203.0.113." + i))).isTrue();
    }
    assertThat(open.tryTake(address("203.0.113.5"))).isFalse();
  }

  private static int enterAsOftenAsPossible(ConnectionPermits permits, String address)
      throws Exception {
    int entered = 0;
    while (permits.tryTake(address(address))) {
      entered++;
    }
    return entered;
  }

  @Test
  void countsTheFirst64BitsOfAnIpv6Address() throws Exception {
    assertThat(permits.tryTake(address("2001:db8:0:1::1"))).isTrue();
    assertThat(permits.tryTake(address("2001:db8:0:1:ffff::2"))).isTrue();

    assertThat(permits.tryTake(address("2001:db8:0:1::3"))).isFalse();
    assertThat(permits.tryTake(address("2001:db8:0:2::1"))).isTrue();
  }

  @Test
  void countsClientsOfAProxyAndNotTheProxy() throws Exception {
    for (int i = 0; i < 3; i++) {
      assertThat(permits.tryTake(address("10.0.0.1"))).isTrue();
    }

    assertThat(permits.tryTakeFor(address("203.0.113.1"))).isTrue();
    assertThat(permits.tryTakeFor(address("203.0.113.1"))).isTrue();
    assertThat(permits.tryTakeFor(address("203.0.113.1"))).isFalse();
  }

  @Test
  void keepsNothingOfWhoLeft() throws Exception {
    for (String address : List.of("203.0.113.1", "2001:db8::1", "10.0.0.1")) {
      permits.tryTake(address(address));
      permits.giveBack(address(address));
    }
    permits.tryTakeFor(address("203.0.113.1"));
    permits.giveBackFor(address("203.0.113.1"));

    assertThat(permits.connections()).isZero();
    assertThat(permits.addresses()).isZero();
  }

  private static InetAddress address(String literal) throws UnknownHostException {
    return InetAddress.getByName(literal);
  }

  private static boolean isProxy(InetAddress address) {
    return address.getHostAddress().startsWith("10.");
  }
}
