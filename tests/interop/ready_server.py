"""Echoes messages whose length is announced and confirmed with `recv_ready`, to one peer."""
from talk import exactly, expect, one_peer

READY = b"recv_ready"
peer = one_peer()
while length := peer.recv(1024):
    peer.sendall(READY)
    body = exactly(peer, int(length))
    peer.sendall(str(len(body)).encode())
    expect(exactly(peer, len(READY)), READY)
    peer.sendall(body)
