"""A talk that ends with a `q` nobody answers: said, and gone. The next one is served all the same."""
from talk import connected, exactly, expect

for last in [b"q", b"Q"]:
    sock = connected()
    for said in [b"hello", "how is \u5317\u4eac?".encode()]:
        sock.sendall(said)
        expect(exactly(sock, len(said)), said)
    sock.sendall(last)
    expect(sock.recv(1024), b"")
