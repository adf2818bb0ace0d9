// SPDX-License-Identifier: Apache-2.0
package dev.slipway.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipway.io.FormatException;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class KeyTest {
  private static final Key KEY =
      Key.of("rootfs", 3)
          .with("suite", "bookworm")
          .with("size", 5)
          .with("packages", List.of("a 1", "b 1", "c 1"));

  @Test
  void orderOfInputsDoesNotMatter() {
    Key other =
        Key.of("rootfs", 3)
            .with("packages", List.of("a 1", "b 1", "c 1"))
            .with("size", 5)
            .with("suite", "bookworm");
    assertThat(other).isEqualTo(KEY).hasSameHashCodeAs(KEY);
    assertThat(other.digest()).isEqualTo(KEY.digest());
    assertThat(other.differencesFrom(KEY)).isEmpty();
  }

  /** Stored results are found by it: changes only with the version of the store. */
  @Test
  void digestIsTheSameEverywhere() {
    assertThat(KEY.digest())
        .hasToString("c33f5f434700c0da93ce79601b4ca2044a8fedec882eaa9ef34803ecbb6884f9");
  }

  @Test
  void everythingCounts() {
    assertThat(
            List.of(
                    Key.of("rootfs", 3),
                    Key.of("rootfs", 4),
                    Key.of("ext4", 3),
                    Key.of("rootfs", 3).with("a", ""),
                    Key.of("rootfs", 3).with("", "a"),
                    Key.of("rootfs", 3).with("a", "b"),
                    Key.of("rootfs", 3).with("ab", ""),
                    Key.of("rootfs", 3).with("a", List.of()),
                    Key.of("rootfs", 3).with("a", List.of("")),
                    Key.of("rootfs", 3).with("a", List.of("", "")))
                .stream()
                .map(Key::digest))
        .doesNotHaveDuplicates();
  }

  @Test
  void saysWhatChanged() {
    Key now =
        Key.of("rootfs", 4)
            .with("suite", "trixie")
            .with("packages", List.of("a 1", "b 2", "d 1"))
            .with("kernel", "x".repeat(70));
    assertThat(now.differencesFrom(KEY))
        .containsExactly(
            "version of the step: was 3, is 4",
            "kernel: is new",
            "packages: -b 1, -c 1, +b 2, +d 1",
            "size: is gone",
            "suite: was bookworm, is trixie");
    Key later = Key.of("rootfs", 4).with("kernel", "y");
    assertThat(later.differencesFrom(Key.of("rootfs", 4).with("kernel", "x".repeat(70))))
        .containsExactly("kernel: was " + "x".repeat(60) + "..., is y");
  }

  @Test
  void saysThatOnlyTheOrderChangedAndCutsLongLists() {
    Key ab = Key.of("s", 1).with("list", List.of("a", "b"));
    assertThat(Key.of("s", 1).with("list", List.of("b", "a")).differencesFrom(ab))
        .containsExactly("list: another order");
    List<String> many = IntStream.range(0, 20).mapToObj(Integer::toString).toList();
    assertThat(Key.of("s", 1).with("list", many).differencesFrom(ab))
        .containsExactly("list: -a, -b, +0, +1, +2, +3, +4, +5 and 14 more");
  }

  @Test
  void refusesWhatWouldBeAmbiguous() {
    assertThatThrownBy(() -> KEY.with("suite", "x"))
        .hasMessage("the key has an input \"suite\" already");
    assertThatThrownBy(() -> KEY.with("parts", List.of("a\nb")))
        .hasMessage("parts: a part contains a line break: a\nb");
  }

  @Test
  void bytesRoundTripAndAreChecked() throws FormatException {
    byte[] bytes = KEY.bytes();
    assertThat(Key.fromBytes(bytes, "t")).isEqualTo(KEY);
    for (int cut = 0; cut < bytes.length; cut++) {
      byte[] broken = Arrays.copyOf(bytes, cut);
      assertThatThrownBy(() -> Key.fromBytes(broken, "t")).isInstanceOf(FormatException.class);
    }
  }
}
