// SPDX-License-Identifier: Apache-2.0
package dev.slipway.delta.code;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipway.io.BlockSource;
import dev.slipway.match.Alignment;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Modules by hand for two kernels, of which the second has more types and names. */
final class CodeContextTest {
  private static final int FUNC = 12 << 24;
  private static final int FUNC_PROTO = 13 << 24;
  private static final int POINTER = 2 << 24;

  /** Eight functions of the module's own prototype, which takes a pointer to a kernel's type. */
  private static byte[] types(int kernelTypes, int kernelText, int used, String... names) {
    ByteBuffer types = ByteBuffer.allocate(1000).order(ByteOrder.LITTLE_ENDIAN);
    var text = new StringBuilder();
    types.putInt(0).putInt(POINTER).putInt(used); // own type 0
    types.putInt(0).putInt(FUNC_PROTO | 1).putInt(used + 7); // own type 1, one parameter
    types.putInt(kernelText - 10).putInt(kernelTypes + 1);
    for (String name : names) {
      types.putInt(kernelText + text.length()).putInt(FUNC).putInt(kernelTypes + 2);
      text.append(name).append('\0');
    }
    ByteBuffer btf =
        ByteBuffer.allocate(24 + types.position() + text.length()).order(ByteOrder.LITTLE_ENDIAN);
    btf.putShort((short) 0xeb9f).put((byte) 1).put((byte) 0).putInt(24);
    btf.putInt(0).putInt(types.position()).putInt(types.position()).putInt(text.length());
    btf.put(types.array(), 0, types.position());
    btf.put(text.toString().getBytes(StandardCharsets.US_ASCII));
    return btf.array();
  }

  private static byte[] version(int checksum, String name) {
    return ByteBuffer.allocate(64)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong(checksum & 0xffff_ffffL)
        .put(name.getBytes(StandardCharsets.US_ASCII))
        .array();
  }

  private static byte[] module(byte[] types, byte[] version) {
    return ElfFile.module()
        .section("__versions", 1, ElfFile.ALLOC, 0, 0, 0, version)
        .section(".BTF", 1, 0, 0, 0, 0, types)
        .build();
  }

  private static final String[] NAMES = {"open", "close", "read", "write", "seek", "map", "ioctl"};

  private static final byte[] OLD =
      module(types(1000, 5000, 300, NAMES), version(0x8123_4567, "printk"));
  private static final byte[] NEW =
      module(types(1050, 5400, 310, NAMES), version(0x7654_3210, "printk"));

  private static CodeContext learned() throws IOException {
    var learner = CodeContext.learner();
    for (int i = 0; i < 3; i++) {
      learner.add(BlockSource.bytes(OLD), BlockSource.bytes(NEW));
    }
    return CodeContext.read(learner.learned().bytes());
  }

  @Test
  void findsTheSizesOfTheKernelsTables() throws IOException {
    BtfContext types = learned().types();
    assertThat(types.oldTypes()).isEqualTo(1000);
    assertThat(types.newTypes()).isEqualTo(1050);
    assertThat(types.oldText()).isEqualTo(5000);
    assertThat(types.newText()).isEqualTo(5400);
  }

  @Test
  void learnsWhereTypesNamesAndChecksumsWent() throws IOException {
    CodeContext context = learned();
    assertThat(context.types().types().map(300)).isEqualTo(310);
    assertThat(context.types().types().map(307)).isEqualTo(317);
    assertThat(context.types().text().map(4990)).isEqualTo(5390);
    assertThat(context.checksums().map(0x8123_4567)).isEqualTo(0x7654_3210);
    assertThat(context.checksums().map(1)).isEqualTo(1);
  }

  @Test
  void predictsAModuleWhole() throws IOException {
    CodeModel model = CodeModel.of(learned());
    var alignments = List.of(new Alignment(0, 0, OLD.length));
    byte[] side = model.describe(BlockSource.bytes(OLD), BlockSource.bytes(NEW), alignments);
    var predicted = new byte[NEW.length];
    model
        .predictor(BlockSource.bytes(OLD), alignments, side)
        .predict(0, predicted, 0, predicted.length);
    assertThat(Arrays.mismatch(predicted, NEW)).isEqualTo(-1);
  }

  @Test
  void viewsOfTypesThatMerelyMovedAreEqual() throws IOException {
    CodeModel model = CodeModel.of(learned());
    byte[] before = OLD.clone();
    byte[] after = NEW.clone();
    model.blankOld(before);
    model.blankNew(after);
    assertThat(Arrays.mismatch(before, 200, before.length, after, 200, after.length)).isEqualTo(-1);
  }

  @Test
  void whereNothingWasLearntNothingIsWritten() throws IOException {
    assertThat(CodeContext.learner().learned().bytes()).isEmpty();
    assertThat(CodeContext.read(new byte[0]).bytes()).isEmpty();
  }
}
