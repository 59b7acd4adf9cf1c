package io.github.signalhub.jdkserver.internal.ws;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class CodecPoolTest {
  private final List<String> ended = new ArrayList<>();
  private int made;
  private final CodecPool<String> pool =
      new CodecPool<>(1, () -> "codec " + ++made, codec -> {}, ended::add);

  @Test
  void aCodecThatCameBackIsLentAgain() {
    pool.release(pool.acquire());

    assertThat(pool.acquire()).isEqualTo("codec 1");
    assertThat(pool.lent()).isOne();
  }

  @Test
  void moreThanItKeepsAreLentAndEndedWhenTheyComeBack() {
    String first = pool.acquire();
    String second = pool.acquire();

    pool.release(first);
    pool.release(second);

    assertThat(ended).containsExactly("codec 2");
    assertThat(pool.lent()).isZero();
  }

  @Test
  void closingEndsWhatIsKeptAndLaterWhatComesBack() {
    String first = pool.acquire();
    pool.release(pool.acquire());

    pool.close();
    pool.close();
    assertThat(ended).containsExactly("codec 2");
    pool.release(first);

    assertThat(ended).containsExactly("codec 2", "codec 1");
  }

  @Test
  void aClosedPoolGoesOnLending() {
    pool.close();

    pool.release(pool.acquire());

    assertThat(ended).containsExactly("codec 1");
  }
}
