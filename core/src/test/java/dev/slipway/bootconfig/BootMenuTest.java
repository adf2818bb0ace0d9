// SPDX-License-Identifier: Apache-2.0
package dev.slipway.bootconfig;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipway.testing.RequiresTool;
import dev.slipway.testing.Tool;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BootMenuTest {
  private static final BootPartition ESP = partition(2);
  private static final BootPartition A = partition(3);
  private static final BootPartition B = partition(4);
  private static final BootPartition DATA = partition(5);

  private static BootPartition partition(int number) {
    return new BootPartition(number, new UUID(0x1122334455667788L, number));
  }

  private static BootMenu ab() {
    return BootMenu.ab(A, B, ESP).withData(DATA);
  }

  @Test
  void scriptIsTheOneThatWasTriedInMachines() throws Exception {
    try (var in = BootMenuTest.class.getResourceAsStream("ab.cfg")) {
      assertThat(ab().grubConfiguration())
          .isEqualTo(new String(in.readAllBytes(), StandardCharsets.UTF_8));
    }
  }

  @Test
  @RequiresTool(value = "grub-script-check", in = "grub-common")
  void grubParsesEveryScript(@TempDir Path temp) throws Exception {
    for (BootMenu menu :
        new BootMenu[] {
          ab(),
          ab().withRecovery(partition(6)).withTimeout(3).withConsole(BootConsole.SCREEN),
          BootMenu.single(A, ESP).withConsole(BootConsole.SERIAL),
          ab().withParameters(KernelCommandLine.parse("quiet \"dyndbg=file x.c +p\" a;b $x {y}")),
          ab().withDirectory("/EFI/ubuntu")
        }) {
      Path script = temp.resolve("grub.cfg");
      Files.writeString(script, menu.grubConfiguration());
      assertThat(Tool.output("grub-script-check", script.toString())).isEmpty();
    }
  }

  @Test
  void parametersReachTheKernelWhateverTheyHold() {
    String script =
        ab().withParameters(KernelCommandLine.parse("quiet \"x=a b\" y=$z;w")).grubConfiguration();
    assertThat(script).contains(" quiet 'x=a b' 'y=$z;w'; then");
  }

  @Test
  void freshDiskHasOneGoodSlot() {
    BootState fresh = ab().freshState(Set.of(Slot.A));
    assertThat(fresh.into(GrubEnvironment.empty()).variables().toString())
        .isEqualTo(
            "{ORDER=A B, A_OK=1, A_TRY=0, B_OK=0, B_TRY=0, BIOS_LOADER=--, EFI_LOADER=--,"
                + " LAST_GOOD=A, BOOT_MARK=0}");
    BootState single = BootMenu.single(A, ESP).freshState(Set.of(Slot.A));
    assertThat(single.into(GrubEnvironment.empty()).variables().toString())
        .isEqualTo(
            "{ORDER=A, A_OK=1, A_TRY=0, BIOS_LOADER=--, EFI_LOADER=--, LAST_GOOD=A, BOOT_MARK=0}");
  }

  @Test
  void kernelIsToldWhereItsSlotIs() {
    assertThat(ab().withConsole(BootConsole.SERIAL).commandLine(Slot.B).toString())
        .isEqualTo(
            "root=PARTUUID=11223344-5566-7788-0000-000000000004 ro slipway.slot=B"
                + " slipway.data=11223344-5566-7788-0000-000000000005"
                + " slipway.esp=11223344-5566-7788-0000-000000000002"
                + " slipway.env=/EFI/debian/grubenv panic=10 console=ttyS0,115200");
  }

  @Test
  void aLayoutWithOneSlotKnowsNoOther() {
    BootMenu single = BootMenu.single(A, ESP);
    assertThat(single.grubConfiguration()).doesNotContain("start_B").doesNotContain("slot B");
    assertThatThrownBy(() -> single.commandLine(Slot.B))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("this layout has no slot B");
  }

  @Test
  void everythingFollowsTheDirectoryOfTheDistribution() {
    BootMenu menu = ab().withDirectory("/EFI/ubuntu");
    assertThat(menu.directory()).isEqualTo("/EFI/ubuntu");
    assertThat(menu.environmentPaths())
        .containsExactly("/EFI/ubuntu/grubenv.1", "/EFI/ubuntu/grubenv.2");
    assertThat(menu.biosPrefix()).isEqualTo("(,gpt2)/EFI/ubuntu");
    assertThat(menu.grubConfiguration()).contains("slipway.env=/EFI/ubuntu/grubenv");
    assertThatThrownBy(() -> ab().withDirectory("EFI/x y"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void refusesParametersThatCannotBeWritten() {
    for (String bad : new String[] {"", "a\nb", "a\"b", "it's", "a\\b", "\u00e4"}) {
      assertThatThrownBy(() -> KernelCommandLine.of(bad))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageStartingWith("a kernel parameter ");
    }
    assertThatThrownBy(() -> KernelCommandLine.parse("a \"b"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("kernel command line: a double quote is opened and not closed: a \"b");
  }

  @Test
  void commandLineIsReadAsTheKernelReadsIt() {
    assertThat(KernelCommandLine.parse("  a=1 b=\"c d\"\te ").parameters())
        .containsExactly("a=1", "b=c d", "e");
    assertThat(KernelCommandLine.parse("a \"b=c d\"").toString()).isEqualTo("a \"b=c d\"");
  }
}
