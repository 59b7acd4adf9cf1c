package io.github.signalhub.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.signalhub.spi.Handshake;
import java.time.Duration;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class BookmarkTest {
  private final Bookmark bookmark = new Bookmark();

  @Test
  void resumePointIsTheNewestThatWasRead() {
    bookmark.follow("a");

    read("{'type':'$hello','payload':{'id':'%s','topics':['a']}}", 3);
    assertThat(bookmark.point()).contains(id(3));
    read("{'type':'N','payload':1,'id':'%s'}", 5);
    assertThat(bookmark.point()).contains(id(5));
    read("{'type':'$sync','payload':{'id':'%s'}}", 8);
    assertThat(bookmark.point()).contains(id(8));
    read("{'type':'$sync','payload':{'id':'%s'}}", 7);

    assertThat(asked().after()).contains(id(8));
    assertThat(asked().topics()).containsExactly("a");
  }

  @Test
  void whatIsNotBehindTheResumePointIsRepeated() {
    bookmark.startBehind(id(5));

    assertThat(read("{'type':'N','payload':1,'id':'%s'}", 5)).isTrue();
    assertThat(read("{'type':'N','payload':1,'id':'%s'}", 6)).isFalse();
    assertThat(read("{'type':'N','payload':1,'id':'%s'}", 6)).isTrue();
  }

  @Test
  void anotherEpochIsNotCompared() {
    bookmark.startBehind("ffffffffffffffff-0000000000000009");

    assertThat(read("{'type':'$hello','payload':{'id':'%s','topics':[]}}", 1)).isFalse();

    assertThat(bookmark.point()).contains(id(1));
  }

  @Nested
  class CatchUps {
    @Test
    void leaveTheResumePointWhereItWillBeAndRememberHowFarTheyGot() {
      read("{'type':'$hello','payload':{'id':'%s','topics':[]}}", 8);
      read("{'type':'$joined','payload':{'topic':'b','after':'%s','upTo':'%s'}}", 0, 9);

      assertThat(read("{'type':'N','payload':1,'topic':'b','id':'%s'}", 4)).isFalse();
      assertThat(read("{'type':'N','payload':1,'topic':'b','id':'%s'}", 4)).isTrue();

      bookmark.disconnected();
      assertThat(asked().after()).contains(id(9));
      assertThat(asked().starts()).containsEntry("b", id(4));
    }

    @Test
    void areOverWithTheirSync() {
      read("{'type':'$joined','payload':{'topic':'b','after':'%s','upTo':'%s'}}", 0, 9);
      read("{'type':'N','payload':1,'topic':'b','id':'%s'}", 4);
      read("{'type':'$sync','payload':{'id':'%s'}}", 9);

      assertThat(asked().starts()).isEmpty();
      assertThat(asked().topics()).containsExactly("b");
      assertThat(read("{'type':'N','payload':1,'topic':'b','id':'%s'}", 8)).isTrue();
    }

    @Test
    void whoseTurnHasNotComeAreAskedForAgain() {
      bookmark.follow("b");
      bookmark.follow("c");
      read(
          "{'type':'$hello','payload':{'id':'%s','topics':['b','c'],'catchUps':{'c':'%s'}}}", 8, 2);

      assertThat(asked().starts()).containsOnlyKeys("c").containsEntry("c", id(2));
    }

    @Test
    void endWhenTheTopicIsLeft() {
      read("{'type':'$joined','payload':{'topic':'b','after':'%s','upTo':'%s'}}", 0, 9);
      read("{'type':'$left','payload':{'topic':'b'}}");
      read("{'type':'$sync','payload':{'id':'%s'}}", 9);

      assertThat(asked().topics()).isEmpty();
      assertThat(asked().starts()).isEmpty();
    }
  }

  private boolean read(String text, Object... offsets) {
    Object[] ids = new Object[offsets.length];
    for (int i = 0; i < ids.length; i++) {
      ids[i] = id((int) offsets[i]);
    }
    return bookmark.read(Arrival.parse(Duration.ZERO, 1, text.replace('\'', '"').formatted(ids)));
  }

  private Handshake asked() {
    Handshake.Builder handshake = Handshake.builder();
    bookmark.ask(handshake);
    return handshake.build();
  }

  private static String id(int offset) {
    return "00000000000000aa-%016d".formatted(offset);
  }
}
