"""Remote commands over UDP: a datagram asks, two answer: standard error, then standard output."""
import socket
import sys
from talk import expect

host, port = sys.argv[1].rsplit(":", 1)
sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.settimeout(60)
for command, err, out in [(b"say hello", b"", b"hello\n"), (b"fail", b"no\n", b"")] * 3:
    sock.sendto(command, (host, int(port)))
    expect(sock.recvfrom(65535)[0], err)
    expect(sock.recvfrom(65535)[0], out)
