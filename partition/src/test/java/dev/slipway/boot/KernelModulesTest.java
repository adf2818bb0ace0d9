// SPDX-License-Identifier: Apache-2.0
package dev.slipway.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipway.codec.Codec;
import dev.slipway.io.FormatException;
import dev.slipway.tree.Content;
import dev.slipway.tree.Tree;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class KernelModulesTest {
  private static final String DIRECTORY = "/usr/lib/modules/6.1.0-9-test/";

  private static Tree kernel() {
    byte[] leaf = SampleElf.module("license=GPL", "depends=");
    byte[] middle =
        SampleElf.module("depends=leaf,built-in", "softdep=pre: odd missing post: late");
    byte[] top = SampleElf.module("alias=pci:v*d*bc01*", "alias=fs-top", "depends=middle,leaf");
    return Tree.of(
        t ->
            t.symlink("/lib", "usr/lib")
                .file(DIRECTORY + "kernel/leaf.ko.xz", 0644, Content.bytes(Codec.XZ.encode(leaf)))
                .file(
                    DIRECTORY + "kernel/a/middle.ko.zst",
                    0644,
                    Content.bytes(Codec.ZSTD.encode(middle)))
                .file(DIRECTORY + "kernel/top.ko", 0644, Content.bytes(top))
                .file(DIRECTORY + "kernel/odd.ko.gz", 0644, Content.bytes(Codec.GZIP.encode(leaf)))
                .file(DIRECTORY + "modules.builtin", 0644, Content.utf8("kernel/x/built-in.ko\n")));
  }

  private static KernelModules modules(Tree tree) throws Exception {
    return KernelModules.of(tree, Optional.empty());
  }

  @Test
  void readsModulesOfEveryCompressionInTheOrderTheyMustBeLoaded() throws Exception {
    var found = List.copyOf(modules(kernel()).closure(List.of("top", "not-there", "built_in")));
    assertThat(found)
        .extracting(KernelModule::name)
        .containsExactly("odd", "leaf", "middle", "top");
    assertThat(found.get(3).aliases()).containsExactly("pci:v*d*bc01*", "fs-top");
    assertThat(found.get(2).softDepends()).containsExactly("odd", "missing");
    assertThat(found.get(1).file()).isEqualTo(SampleElf.module("license=GPL", "depends="));
  }

  @Test
  void knowsWhatIsBuiltIn() throws Exception {
    KernelModules modules = modules(kernel());
    assertThat(modules.version()).isEqualTo("6.1.0-9-test");
    assertThat(modules.has("built-in")).isTrue();
    assertThat(modules.has("top")).isTrue();
    assertThat(modules.has("missing")).isFalse();
  }

  @Test
  void asksWhichOfTwoKernels() throws Exception {
    Tree two =
        kernel().with(t -> t.file("/usr/lib/modules/6.2/modules.builtin", 0644, Content.utf8("")));
    assertThatThrownBy(() -> modules(two))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("the tree has 2 kernels, name the one to start: 6.1.0-9-test, 6.2");
    assertThat(KernelModules.of(two, Optional.of("6.2")).version()).isEqualTo("6.2");
    assertThatThrownBy(() -> KernelModules.of(two, Optional.of("7")))
        .hasMessage("there is no kernel 7 in the tree; it has [6.1.0-9-test, 6.2]");
    assertThatThrownBy(() -> modules(Tree.empty()))
        .hasMessage("the tree has no /usr/lib/modules; add a kernel, such as linux-image-amd64");
  }

  @Test
  void saysWhatAModuleLacks() {
    Tree broken = kernel().without(path -> path.name().startsWith("leaf"));
    assertThatThrownBy(() -> modules(broken).closure(List.of("top")))
        .isInstanceOf(FormatException.class)
        .hasMessage(DIRECTORY + "kernel/a/middle.ko.zst: depends on leaf, which is missing");
  }

  @Test
  void refusesModulesThatDependOnEachOther() {
    Tree circle =
        kernel()
            .with(
                t ->
                    t.file(
                        DIRECTORY + "kernel/top.ko",
                        0644,
                        Content.bytes(SampleElf.module("depends=top"))));
    assertThatThrownBy(() -> modules(circle).closure(List.of("top")))
        .isInstanceOf(FormatException.class)
        .hasMessage(DIRECTORY + "kernel/top.ko: modules depend on each other in a circle: [top]");
  }

  private static Tree with(Tree kernel, String name, String... lines) {
    return kernel.with(
        t ->
            t.file(
                DIRECTORY + "kernel/" + name + ".ko",
                0644,
                Content.bytes(SampleElf.module(lines))));
  }

  /** As some kernels have them: what a module would like to have before it may depend on it. */
  @Test
  void wishesMayGoInACircle() throws Exception {
    Tree kernel = with(kernel(), "a", "softdep=pre: b");
    kernel = with(kernel, "b", "depends=c");
    kernel = with(kernel, "c", "depends=a,leaf");
    assertThat(modules(kernel).closure(List.of("a")))
        .extracting(KernelModule::name)
        .containsExactly("a", "leaf", "c", "b");
    assertThat(modules(kernel).closure(List.of("b")))
        .extracting(KernelModule::name)
        .containsExactly("a", "leaf", "c", "b");
    Tree each = with(with(kernel(), "x", "softdep=pre: y"), "y", "softdep=pre: x");
    assertThat(modules(each).closure(List.of("x")))
        .extracting(KernelModule::name)
        .containsExactly("y", "x");
  }

  @Test
  void needsMayNotEvenBehindAWish() {
    Tree kernel = with(kernel(), "a", "softdep=pre: b");
    Tree circle = with(with(kernel, "b", "depends=c"), "c", "depends=b");
    assertThatThrownBy(() -> modules(circle).closure(List.of("a")))
        .isInstanceOf(FormatException.class)
        .hasMessageEndingWith("b.ko: modules depend on each other in a circle: [b, c]");
  }

  @Test
  void everyCutAndFlippedBitOfAModuleIsReadOrRefused() {
    byte[] whole = SampleElf.module("depends=a,b", "alias=x");
    for (int kept = 0; kept < whole.length; kept++) {
      readOrRefuse(Arrays.copyOf(whole, kept));
    }
    for (int bit = 0; bit < whole.length * 8; bit++) {
      byte[] flipped = whole.clone();
      flipped[bit / 8] ^= (byte) (1 << (bit % 8));
      readOrRefuse(flipped);
    }
  }

  private static void readOrRefuse(byte[] file) {
    try {
      KernelModule.read("x.ko", "x", file);
    } catch (FormatException e) {
      assertThat(e).hasMessageStartingWith("x.ko: ");
    }
  }
}
