// SPDX-License-Identifier: Apache-2.0
package dev.slipway.boot;

import dev.slipway.io.Struct;
import dev.slipway.tree.Content;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/**
 * What GRUB takes for Linux, in two KiB: it writes a line and its command line to the first serial
 * port, and switches the machine off. So a start ends as soon as GRUB has done its part.
 *
 * <pre>
 *      0  setup, two sectors, of which only the header at 0x1F1 is used
 *   1024  32-bit entry, for a BIOS: ESI leads to the boot parameters
 *   1536  64-bit entry, for UEFI: RDX does; GRUB adds 512 to handover_offset
 * </pre>
 *
 * @see <a href="https://www.kernel.org/doc/html/v6.1/x86/boot.html">The Linux/x86 Boot Protocol</a>
 */
public final class TinyKernel {
  /** QEMU's arguments for a device by which this kernel switches the machine off. */
  public static final String[] OFF = {"-device", "isa-debug-exit,iobase=0xf4,iosize=0x01"};

  private static final int SETUP_BYTES = 1024;
  private static final int ENTRY_64 = 512;
  private static final int BYTES = 2048;
  private static final int CALL_BYTES = 5;

  private TinyKernel() {}

  /** A kernel that says something. */
  public static Content saying(String words) {
    byte[] kernel =
        Struct.littleEndian(BYTES)
            .u8(0x1F1, SETUP_BYTES / 512 - 1, "setup_sects")
            .u32(0x1F4, (BYTES - SETUP_BYTES) / 16, "syssize")
            .u16(0x1FE, 0xAA55, "boot_flag")
            .u8(0x200, 0xEB, "jump")
            .u8(0x201, 0x66, "jump: where the header ends")
            .ascii(0x202, 4, "HdrS", "header")
            .u16(0x206, 0x020C, "version")
            .u8(0x211, 1, "loadflags: LOADED_HIGH")
            .u32(0x214, 0x100000, "code32_start")
            .u32(0x22C, 0x7FFFFFFF, "initrd_addr_max")
            .u32(0x230, 0x100000, "kernel_alignment")
            .u8(0x234, 1, "relocatable_kernel")
            .u8(0x235, 20, "min_alignment")
            .u16(0x236, 0b1011, "xloadflags: 64-bit, above 4G, EFI handover")
            .u32(0x238, 2047, "cmdline_size")
            .u64(0x258, 0x1000000, "pref_address")
            .u32(0x260, 0x10000, "init_size")
            .u32(0x264, 0, "handover_offset")
            .bytes(SETUP_BYTES, code("89F3", words), "from mov ebx, esi on")
            .bytes(SETUP_BYTES + ENTRY_64, code("4889D3", words), "from mov rbx, rdx on")
            .bytes();
    return Content.bytes(kernel);
  }

  /** The same bytes mean the same in 32-bit and in 64-bit code, but for the first instruction. */
  private static byte[] code(String parametersToBx, String words) {
    byte[] text = (words + " \0").getBytes(StandardCharsets.US_ASCII);
    byte[] line = hex("8BB3 28020000"); // mov esi, [bx + cmd_line_ptr]
    byte[] end =
        hex(
            "B00A EE" // mov al, '\n'; out dx, al
                + "B001 E6F4" // mov al, 1; out OFF, al
                + "F4 EBFD"); // hlt, again and again
    byte[] print =
        hex(
            "66BAFD03" // mov dx, line status
                + "EC A820 74FB" // in al, dx; until the transmitter is empty
                + "66BAF803" // mov dx, data
                + "AC 84C0 7403" // lodsb; a NUL is the end
                + "EE EBEB" // out dx, al; the next
                + "C3"); // ret
    var code = new ByteArrayOutputStream();
    code.writeBytes(hex(parametersToBx));
    code.writeBytes(call(text.length)); // leaves the text's address on the stack
    code.writeBytes(text);
    code.writeBytes(hex("5E")); // pop si
    code.writeBytes(call(line.length + CALL_BYTES + end.length)); // print
    code.writeBytes(line);
    code.writeBytes(call(end.length)); // print
    code.writeBytes(end);
    code.writeBytes(print);
    return code.toByteArray();
  }

  private static byte[] call(int forward) {
    return Struct.littleEndian(CALL_BYTES).u8(0, 0xE8, "call").u32(1, forward, "rel32").bytes();
  }

  private static byte[] hex(String digits) {
    return HexFormat.of().parseHex(digits.replace(" ", ""));
  }
}
