// SPDX-License-Identifier: Apache-2.0
package dev.slipway.ostree;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.Test;

class FileKindTest {
  @Test
  void whatIsAlikeStandsTogether() {
    List<String> paths =
        List.of(
            "/usr/lib/python3/a/__pycache__/one.cpython-311.pyc",
            "/usr/lib/python3/a/one.py",
            "/usr/lib/python3/a/one.so",
            "/usr/lib/python3/a/two.py",
            "/usr/share/doc/b/changelog.gz",
            "/usr/share/doc/b/copyright");
    assertThat(paths.stream().sorted(Comparator.comparing(FileKind::order)))
        .containsExactly(
            "/usr/share/doc/b/copyright",
            "/usr/share/doc/b/changelog.gz",
            "/usr/lib/python3/a/__pycache__/one.cpython-311.pyc",
            "/usr/lib/python3/a/one.py",
            "/usr/lib/python3/a/two.py",
            "/usr/lib/python3/a/one.so");
  }
}
