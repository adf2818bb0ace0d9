// SPDX-License-Identifier: Apache-2.0
package dev.slipway.update;

import java.io.Closeable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import jnr.constants.platform.Errno;
import jnr.ffi.LibraryLoader;
import jnr.ffi.Runtime;
import jnr.ffi.annotations.In;
import jnr.posix.POSIXFactory;

/**
 * The calls of the C library for devices and locks that Java does not have. Loaded at the first
 * use, which takes half a second.
 */
final class DeviceCalls {
  // as Linux numbers them on amd64 and arm64
  private static final int O_RDWR = 02;
  private static final int O_CREAT = 0100;
  private static final int O_EXCL = 0200;
  private static final int O_CLOEXEC = 02000000;
  private static final int LOCK_EX = 2;
  private static final int LOCK_NB = 4;

  /** {@code linux/fs.h}: read the partition table again. */
  private static final long BLKRRPART = 0x125f;

  /** The functions as {@code man 2} has them. */
  public interface Functions {
    int open(@In byte[] path, int flags, int mode);

    int flock(int descriptor, int operation);

    int ioctl(int descriptor, long request, long argument);

    int close(int descriptor);
  }

  private static final Functions FUNCTIONS = LibraryLoader.create(Functions.class).load("c");
  private static final Runtime RUNTIME = Runtime.getRuntime(FUNCTIONS);

  private DeviceCalls() {}

  /** An open file. What is held by it ends when it is closed, or its process does. */
  static final class Descriptor implements Closeable {
    private final Path path;
    private final int number;

    private Descriptor(Path path, int number) {
      this.path = path;
      this.number = number;
    }

    /** Takes {@code flock}'s lock for itself alone, if nobody else has it at this moment. */
    boolean tryLock() throws IOException {
      if (FUNCTIONS.flock(number, LOCK_EX | LOCK_NB) == 0) {
        return true;
      }
      int error = RUNTIME.getLastError();
      if (error == Errno.EWOULDBLOCK.intValue() || error == Errno.EINTR.intValue()) {
        return false;
      }
      throw failed(path, "flock", error);
    }

    /** Makes the kernel look at a disk's partition table anew. */
    void readPartitionTable() throws IOException {
      if (FUNCTIONS.ioctl(number, BLKRRPART, 0) != 0) {
        throw failed(path, "BLKRRPART", RUNTIME.getLastError());
      }
    }

    @Override
    public void close() {
      int ignored = FUNCTIONS.close(number);
    }
  }

  /** Opens a lock file, which is made when it is missing. */
  static Descriptor lockFile(Path path) throws IOException {
    return open(path, O_RDWR | O_CREAT | O_CLOEXEC);
  }

  /**
   * Opens a block device that nobody else may mount or claim as long as this is open.
   *
   * @throws RefusedException when somebody has it: mounted, as swap, in a RAID, or as we do
   */
  static Descriptor claim(Path device) throws IOException {
    int number = FUNCTIONS.open(bytes(device), O_RDWR | O_EXCL | O_CLOEXEC, 0);
    if (number >= 0) {
      return new Descriptor(device, number);
    }
    int error = RUNTIME.getLastError();
    if (error == Errno.EBUSY.intValue()) {
      throw new RefusedException(
          device + " is in use: the kernel or another program holds it; let it go first");
    }
    throw failed(device, "open", error);
  }

  private static Descriptor open(Path path, int flags) throws IOException {
    int number = FUNCTIONS.open(bytes(path), flags, 0600);
    if (number < 0) {
      throw failed(path, "open", RUNTIME.getLastError());
    }
    return new Descriptor(path, number);
  }

  private static IOException failed(Path path, String what, int error) {
    return new IOException(path + ": " + what + ": " + POSIXFactory.getPOSIX().strerror(error));
  }

  private static byte[] bytes(Path path) {
    byte[] utf8 = path.toString().getBytes(StandardCharsets.UTF_8);
    return Arrays.copyOf(utf8, utf8.length + 1);
  }
}
