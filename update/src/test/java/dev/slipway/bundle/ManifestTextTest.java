// SPDX-License-Identifier: Apache-2.0
package dev.slipway.bundle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipway.bootconfig.LoaderKind;
import dev.slipway.digest.Digest;
import dev.slipway.io.FormatException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a signed manifest says of a boot loader, and what it must not say. */
class ManifestTextTest {
  private static final Digest DIGEST = Digest.of(new byte[] {1});

  private static BundleManifest manifest() {
    var image =
        new BundleImage("rootfs", 4096, DIGEST, Optional.of("rootfs.img"), false, List.of());
    return new BundleManifest(
        "robot",
        "1.1",
        7,
        Samples.TIME,
        Optional.empty(),
        "",
        List.of(image),
        false,
        List.of(
            new BundleLoader(LoaderKind.EFI, "grubx64.efi", "loader-0", 5000, DIGEST),
            new BundleLoader(LoaderKind.EFI, "grub.cfg", "loader-1", 500, DIGEST)));
  }

  private static String text() {
    var tree = new ManifestText.Tree(DIGEST, new byte[Digest.BYTES], 4096);
    return new String(
        ManifestText.writeVerity(manifest(), Optional.of(tree)), StandardCharsets.UTF_8);
  }

  private static BundleManifest read(String text) throws FormatException {
    return ManifestText.readVerity(text.getBytes(StandardCharsets.UTF_8), "made").manifest();
  }

  @Test
  void bootLoadersComeBackInTheirOrder() throws Exception {
    assertThat(read(text())).isEqualTo(manifest());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "kind=efi | kind=uefi | made: [meta.slipway-loader-0] kind: found \"uefi\", expected bios or efi",
        "kind=efi | kind=bios | made: a boot loader for BIOS is no file grubx64.efi; it is core.img",
        "name=grubx64.efi | name=core.img | made: a boot loader for EFI is no file core.img",
        "name=grubx64.efi | name=PLACE2 | made: a boot loader for EFI is no file PLACE2",
        "name=grubx64.efi | name=../shim.efi | made: a file's name has 1 to 200 letters, digits and _ . + -: \"../shim.efi\"",
        "name=grubx64.efi | name=GRUB.CFG | made: two boot loader files grub.cfg",
        "filename=loader-0 | filename=a/b | made: a file's name has 1 to 200 letters, digits and _ . + -: \"a/b\"",
        "size=5000 | size=0 | made: boot loader grubx64.efi: 0 bytes; it has 1 byte to 64 MiB",
        "size=5000 | size=70000000 | made: boot loader grubx64.efi: 70000000 bytes; it has 1 byte to 64 MiB",
        "size=5000 | size=-1 | made: [meta.slipway-loader-0] size: found \"-1\", expected a number below 2^63",
        "size=5000 | size=9223372036854775808 | made: [meta.slipway-loader-0] size: found \"9223372036854775808\", expected a number below 2^63",
      })
  void saysWhatIsWrongWithABootLoader(String right, String wrong, String message) {
    String changed = text().replaceFirst(java.util.regex.Pattern.quote(right), wrong);
    assertThatThrownBy(() -> read(changed)).isInstanceOf(FormatException.class).hasMessage(message);
  }

  @Test
  void wantsAWholeDigestAndEveryKey() {
    String from = text().substring(0, text().indexOf("[meta.slipway-loader-0]"));
    String group = text().substring(from.length());
    assertThatThrownBy(() -> read(from + group.replaceFirst("sha256=..", "sha256=zz")))
        .hasMessageContaining("[meta.slipway-loader-0] sha256: found \"zz")
        .hasMessageContaining("expected 64 hexadecimal digits");
    for (String key : List.of("kind", "name", "filename", "size", "sha256")) {
      assertThatThrownBy(() -> read(from + group.replaceFirst("\n" + key + "=[^\n]*", "")))
          .as(key)
          .isInstanceOf(FormatException.class)
          .hasMessageContaining("[meta.slipway-loader-0]")
          .hasMessageContaining(key);
    }
  }
}
