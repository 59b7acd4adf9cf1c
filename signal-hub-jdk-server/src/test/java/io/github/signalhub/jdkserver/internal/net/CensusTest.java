package io.github.signalhub.jdkserver.internal.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class CensusTest {
  private final Census census =
      new Census(new PeerLimits(4, OptionalInt.of(2)), CensusTest::isProxy);

  @Test
  void refusesTheOneTooManyOfAnAddressUntilAnotherLeaves() throws Exception {
    Census.Seat first = census.enter(address("203.0.113.1"));
    census.enter(address("203.0.113.1"));
    assertThat(census.enter(address("203.0.113.1"))).isNull();
    assertThat(census.enter(address("203.0.113.2"))).isNotNull();

    first.leave();

    assertThat(census.enter(address("203.0.113.1"))).isNotNull();
  }

  @Test
  void refusesTheOneTooManyInAll() throws Exception {
    Census.Seat first = census.enter(address("203.0.113.1"));
    for (int i = 2; i <= 4; i++) {
      assertThat(census.enter(address("203.0.113." + i))).isNotNull();
    }
    assertThat(census.enter(address("203.0.113.5"))).isNull();

    first.leave();

    assertThat(census.enter(address("203.0.113.5"))).isNotNull();
  }

  @Test
  void leavesRoomForOthersWhereNoLimitForOneAddressIsSet() throws Exception {
    Census open = new Census(new PeerLimits(100, OptionalInt.empty()), CensusTest::isProxy);

    assertThat(enterAsOftenAsPossible(open, "203.0.113.1")).isEqualTo(75);
    assertThat(enterAsOftenAsPossible(open, "203.0.113.2")).isEqualTo(19);
    assertThat(open.enter(address("203.0.113.3"))).isNotNull();
    assertThat(enterAsOftenAsPossible(open, "10.0.0.1")).isEqualTo(5);
  }

  @Test
  void givesTheShareOfAnAddressBack() throws Exception {
    Census open = new Census(new PeerLimits(100, OptionalInt.empty()), address -> false);
    Census.Seat seat = open.enter(address("203.0.113.1"));
    enterAsOftenAsPossible(open, "203.0.113.1");

    seat.leave();

    assertThat(open.connections()).isEqualTo(74);
    assertThat(enterAsOftenAsPossible(open, "203.0.113.1")).isEqualTo(1);
  }

  @Test
  void hasAPlaceForAnAddressThatHasNoneAsLongAsOneIsFree() throws Exception {
    Census open = new Census(new PeerLimits(4, OptionalInt.empty()), address -> false);

    for (int i = 1; i <= 4; i++) {
      assertThat(open.enter(address("203.0.113." + i))).isNotNull();
    }
    assertThat(open.enter(address("203.0.113.5"))).isNull();
  }

  private static int enterAsOftenAsPossible(Census census, String address) throws Exception {
    int entered = 0;
    while (census.enter(address(address)) != null) {
      entered++;
    }
    return entered;
  }

  @Test
  void countsTheFirst64BitsOfAnIpv6Address() throws Exception {
    assertThat(census.enter(address("2001:db8:0:1::1"))).isNotNull();
    assertThat(census.enter(address("2001:db8:0:1:ffff::2"))).isNotNull();

    assertThat(census.enter(address("2001:db8:0:1::3"))).isNull();
    assertThat(census.enter(address("2001:db8:0:2::1"))).isNotNull();
  }

  @Test
  void countsClientsOfAProxyAndNotTheProxy() throws Exception {
    for (int i = 0; i < 3; i++) {
      assertThat(census.enter(address("10.0.0.1"))).isNotNull();
    }

    assertThat(census.enterAs(address("203.0.113.1"))).isNotNull();
    assertThat(census.enterAs(address("203.0.113.1"))).isNotNull();
    assertThat(census.enterAs(address("203.0.113.1"))).isNull();
  }

  @Test
  void keepsNothingOfWhoLeft() throws Exception {
    census.enter(address("203.0.113.1")).leave();
    census.enter(address("2001:db8::1")).leave();

    assertThat(census.connections()).isZero();
    assertThat(census.addresses()).isZero();
  }

  @Test
  void limitsAreAtLeastOne() {
    assertThatIllegalArgumentException().isThrownBy(() -> new PeerLimits(0, OptionalInt.empty()));
    assertThatIllegalArgumentException().isThrownBy(() -> new PeerLimits(1, OptionalInt.of(0)));
  }

  private static InetAddress address(String literal) throws UnknownHostException {
    return InetAddress.getByName(literal);
  }

  private static boolean isProxy(InetAddress address) {
    return address.getHostAddress().startsWith("10.");
  }
}
