"""Announces a length in digits, waits for `recv_ready`, sends; then receives the same way."""
from talk import connected, exactly, expect

READY = b"recv_ready"
sock = connected()
for body in [b"x", b"y" * 9999, b"z" * 100_000]:
    sock.sendall(str(len(body)).encode())
    expect(exactly(sock, len(READY)), READY)
    sock.sendall(body)
    # The classic form: one read is taken for the length.
    expect(sock.recv(1024), str(len(body)).encode())
    sock.sendall(READY)
    expect(exactly(sock, len(body)), body)
