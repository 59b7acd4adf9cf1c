package io.github.signalhub.jdkserver.internal.capacity;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class FairSharesTest {
  private static final long A = 1;

  @Test
  void aSingleAddressGetsThreeQuarters() {
    assertThat(takeAll(new FairShares(128), A)).isEqualTo(96);
    assertThat(takeAll(new FairShares(1024), A)).isEqualTo(768);
  }

  @Test
  void oneOrTwoAreAllForASingleAddress() {
    assertThat(takeAll(new FairShares(1), A)).isEqualTo(1);
    assertThat(takeAll(new FairShares(2), A)).isEqualTo(2);
  }

  @Test
  void theNextOneGetsThreeQuartersOfTheRest() {
    FairShares shares = new FairShares(128);

    assertThat(takeAll(shares, 1)).isEqualTo(96);
    assertThat(takeAll(shares, 2)).isEqualTo(24);
    assertThat(takeAll(shares, 3)).isEqualTo(6);
  }

  @Test
  void whoHoldsMoreThanItsShareGetsNothingNewUntilItHoldsLess() {
    FairShares shares = new FairShares(128);
    takeAll(shares, 1);
    takeAll(shares, 2);

    shares.giveBack(1, 16); // address 1 has 80, address 2 has 24, and 24 are free

    assertThat(takeAll(shares, 1)).isZero();
    assertThat(takeAll(shares, 2)).isEqualTo(12);
  }

  @Test
  void neverIsMoreTakenThanThereIs() {
    FairShares shares = new FairShares(10);
    for (long address = 0; address < 50; address++) {
      takeAll(shares, address);
    }

    assertThat(shares.used()).isEqualTo(10);
    assertThat(shares.isExhausted()).isTrue();
    assertThat(shares.tryTake(50, 1)).isFalse();
  }

  @Test
  void whatIsGivenBackCanBeTakenAgain() {
    FairShares shares = new FairShares(100);
    FairShares.Holding holding = shares.holding(A);
    assertThat(holding.tryTake(60)).isTrue();
    assertThat(holding.tryTake(60)).isFalse();

    holding.end();
    holding.end();

    assertThat(shares.used()).isZero();
    assertThat(holding.tryTake(1)).isFalse();
    assertThat(takeAll(shares, A)).isEqualTo(75);
  }

  private static int takeAll(FairShares shares, long address) {
    int taken = 0;
    while (shares.tryTake(address, 1)) {
      taken++;
    }
    return taken;
  }
}
