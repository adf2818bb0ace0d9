// SPDX-License-Identifier: Apache-2.0
package dev.slipway.delta.code;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipway.io.BlockSource;
import dev.slipway.match.Alignment;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

/** A64 instructions against words from the manual's encodings. */
final class ArmFieldTest {
  @Test
  void readsWhereInstructionsLead() {
    assertThat(ArmField.BRANCH_26.target(0x9400_0001, 0x1000)).isEqualTo(0x1004); // bl +4
    assertThat(ArmField.BRANCH_26.target(0x17ff_ffff, 0x1000)).isEqualTo(0xffc); // b -4
    assertThat(ArmField.BRANCH_19.target(0x5400_0040, 0x1000)).isEqualTo(0x1008); // b.eq +8
    assertThat(ArmField.BRANCH_19.target(0xb4ff_ffe0, 0x1000)).isEqualTo(0xffc); // cbz x0, -4
    assertThat(ArmField.BRANCH_14.target(0x3600_0040, 0x1000)).isEqualTo(0x1008); // tbz w0, 0, +8
    assertThat(ArmField.NEAR.target(0x7000_0000, 0x1000)).isEqualTo(0x1003); // adr x0, +3
    assertThat(ArmField.PAGE.target(0xb000_0000, 0x1234)).isEqualTo(0x2000); // adrp x0, +1 page
    assertThat(ArmField.IN_PAGE.target(0x9104_8c00, 0)).isEqualTo(0x123); // add x0, x0, 0x123
    assertThat(ArmField.IN_PAGE.target(0xf940_0400, 0)).isEqualTo(8); // ldr x0, [x0, 8]
    assertThat(ArmField.IN_PAGE.target(0x3dc0_0400, 0)).isEqualTo(16); // ldr q0, [x0, 16]
  }

  @Property
  void whatIsPutIntoAFieldIsReadBackAndNothingElseChanges(
      @ForAll ArmField field,
      @ForAll int word,
      @ForAll @LongRange(min = -4000, max = 4000) long words) {
    long own = 0x40_0000;
    long target = own + 4 * words;
    int changed = field.with(word, own, target);
    assertThat(field.blank(changed)).isEqualTo(field.blank(word));
    if (field.whole()) {
      assertThat(field.target(changed, own)).isEqualTo(target);
    } else if (field == ArmField.PAGE) {
      assertThat(field.target(changed, own)).isEqualTo(target & -4096);
    }
  }

  @Test
  void leavesWhatIsTooFarOrCannotBeScaled() {
    assertThat(ArmField.BRANCH_14.with(0x3600_0040, 0, 1 << 20)).isEqualTo(0x3600_0040);
    assertThat(ArmField.BRANCH_26.with(0x9400_0001, 0, 2)).isEqualTo(0x9400_0001);
    assertThat(ArmField.IN_PAGE.with(0xf940_0400, 0, 12)).isEqualTo(0xf940_0400);
  }

  @Test
  void aPairOfInstructionsFollowsAVariableIntoAnotherPage() throws IOException {
    // adrp x0, 0x3000; add x0, x0, 0x10; adrp x1, 0x3000; ldr x1, [x1, 0x10]; ret, many times
    String old = words(0xd000_0000, 0x9100_4000, 0xd000_0001, 0xf940_0821, 0xd65f_03c0);
    String now = words(0xf000_0000, 0x9100_8000, 0xf000_0001, 0xf940_1021, 0xd65f_03c0);
    var before = new ElfFile(3, ElfHeaders.AARCH64);
    var after = new ElfFile(3, ElfHeaders.AARCH64);
    before
        .section(".text", 1, ElfFile.CODE, 0x1000, old.repeat(20))
        .section(".bss", Section.NOBITS, ElfFile.ALLOC, 0x3000, "00".repeat(64));
    after
        .section(".text", 1, ElfFile.CODE, 0x1000, now.repeat(20))
        .section(".bss", Section.NOBITS, ElfFile.ALLOC, 0x4010, "00".repeat(64));
    byte[] oldFile = before.build();
    byte[] newFile = after.build();
    var alignments = List.of(new Alignment(0, 0, oldFile.length));
    CodeModel model = CodeModel.of(CodeContext.NONE);
    byte[] side =
        model.describe(BlockSource.bytes(oldFile), BlockSource.bytes(newFile), alignments);
    var predicted = new byte[newFile.length];
    model
        .predictor(BlockSource.bytes(oldFile), alignments, side)
        .predict(0, predicted, 0, predicted.length);
    assertThat(Arrays.mismatch(predicted, newFile)).isEqualTo(-1);
  }

  private static String words(int... words) {
    var hex = new StringBuilder();
    for (int word : words) {
      hex.append("%08x".formatted(Integer.reverseBytes(word)));
    }
    return hex.toString();
  }
}
