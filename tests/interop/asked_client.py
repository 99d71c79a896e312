"""Remote commands: a bare command line, an answer whose length is announced and asked for."""
import socket
from talk import connected, exactly, expect

sock = connected()
long = b"x" * 3000
for command, answer in [(b"say " + long, long + b"\n"), (b"say recv_ready", b"recv_ready\n"),
                        (b"nothing", b""), (b"say bye", b"bye\n")]:
    sock.sendall(command)
    length, body = int(sock.recv(1024)), b""
    # Not one byte of the answer comes before the word, in however many pieces that is said.
    sock.settimeout(0.05)
    try:
        expect(sock.recv(1), b"nothing yet")
    except socket.timeout:
        sock.settimeout(60)
    for byte in b"recv_ready":
        sock.sendall(bytes([byte]))
    while len(body) < length:
        body += sock.recv(1024)
    expect(body, answer)
