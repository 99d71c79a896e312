"""Remote commands whose requests are UTF-8 and whose answers, behind their length (`<i`), are GBK."""
import struct
from talk import connected, exactly, expect

sock = connected()
refused = b"exec: refused: no UTF-8 text: byte 0xc4 at 4, read c4 e3 ba c3"
for command, answer in [("say 你好".encode(), "你好\n".encode("gbk")),
                        ("say 你好".encode("gbk"), refused)]:
    sock.sendall(command)
    (length,) = struct.unpack("<i", exactly(sock, 4))
    expect(exactly(sock, length), answer)
