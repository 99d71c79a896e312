"""Remote commands: an unframed command line, an answer with its length (`<i`) before it."""
import struct
from talk import connected, exactly, expect

sock = connected()
for command, answer in [(b"say hello", b"hello\n"), (b"nothing", b""), (b"say bye", b"bye\n")]:
    sock.sendall(command)
    (length,) = struct.unpack("<i", exactly(sock, 4))
    expect(exactly(sock, length), answer)
