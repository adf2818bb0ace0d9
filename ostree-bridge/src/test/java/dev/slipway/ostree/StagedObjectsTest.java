// SPDX-License-Identifier: Apache-2.0
package dev.slipway.ostree;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipway.digest.Digest;
import dev.slipway.ostree.object.ObjectName;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

final class StagedObjectsTest {
  private final StagedObjects staged = new StagedObjects();

  @Test
  void holdsWhatAMapWouldHold() throws IOException {
    var expected = new HashMap<ObjectName, Long>();
    for (int i = 0; i < 10_000; i++) {
      var name = ObjectName.file(Digest.of((byte) i, (byte) (i >> 8)));
      staged.put(name, i);
      expected.put(name, (long) i);
      assertThat(staged.draft(name)).hasValue(i);
    }
    var found = new HashMap<ObjectName, Long>();
    staged.forEach(found::put);
    assertThat(found).isEqualTo(expected);
  }

  @Test
  void oneChecksumMayNameObjectsOfSeveralTypes() {
    Digest checksum = Digest.of((byte) 1);
    staged.put(ObjectName.commit(checksum), 7);
    staged.put(ObjectName.commitMeta(checksum), 0);

    assertThat(staged.draft(ObjectName.commit(checksum))).hasValue(7);
    assertThat(staged.draft(ObjectName.commitMeta(checksum))).hasValue(0);
    assertThat(staged.contains(ObjectName.file(checksum))).isFalse();
  }

  @Test
  void theFirstDraftOfAnObjectStaysUnlessItIsReplaced() {
    ObjectName name = ObjectName.dirTree(Digest.of());

    assertThat(staged.putIfAbsent(name, 1)).isTrue();
    assertThat(staged.putIfAbsent(name, 2)).isFalse();
    assertThat(staged.draft(name)).hasValue(1);
    staged.put(name, 3);
    assertThat(staged.draft(name)).hasValue(3);
  }

  @Test
  void checksumsThatBeginAlikeAreToldApart() throws IOException {
    var expected = new HashMap<ObjectName, Long>();
    for (int i = 0; i < 200; i++) {
      byte[] bytes = new byte[Digest.BYTES];
      bytes[0] = (byte) 0xff; // the last place, so that the search goes on at the first
      bytes[Digest.BYTES - 1] = (byte) i;
      var name = ObjectName.file(Digest.fromBytes(bytes));
      assertThat(staged.putIfAbsent(name, i)).isTrue();
      expected.put(name, (long) i);
    }
    for (Map.Entry<ObjectName, Long> each : expected.entrySet()) {
      assertThat(staged.draft(each.getKey())).hasValue(each.getValue());
    }
  }

  @Test
  void isEmptyAgainWhenCleared() {
    ObjectName name = ObjectName.file(Digest.of());
    staged.put(name, 1);
    staged.clear();

    assertThat(staged.isEmpty()).isTrue();
    assertThat(staged.draft(name)).isEqualTo(OptionalLong.empty());
  }
}
