"""Asks as `asked_client.py` does, and counts wrongly: it adds the running total of what has come
instead of the length of each piece, and takes too little for the whole answer."""
from talk import connected, expect

sock = connected()
answer = b"x" * 3000 + b"\n"
for _ in range(2):
    sock.sendall(b"say " + answer[:-1])
    length, body, got = int(sock.recv(1024)), b"", 0
    sock.sendall(b"recv_ready")
    while got < length:
        body += sock.recv(1000)
        got += len(body)
    expect(body, answer)
