"""Says a few words, each after the answer to the last; a line feed ends each, framing or not."""
from talk import connected, exactly, expect

sock = connected()
for said in [b"hello\n", "how is \u5317\u4eac?\n".encode(), b"fine\n"]:
    sock.sendall(said)
    expect(exactly(sock, len(said)), said)
sock.sendall(b"q\n")
while sock.recv(1024):
    pass
