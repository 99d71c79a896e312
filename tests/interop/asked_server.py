"""Answers a bare command: announces the length, waits for `recv_ready`, sends."""
from talk import exactly, expect, one_peer

peer = one_peer()
while command := peer.recv(1024):
    body = command.split(b" ", 1)[1].upper() * 500
    peer.sendall(str(len(body)).encode())
    expect(exactly(peer, 10), b"recv_ready")
    for at in range(0, len(body), 1024):
        peer.sendall(body[at:at + 1024])
