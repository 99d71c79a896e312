"""Echoes announced messages, and counts wrongly: it adds the running total of what has come instead
of the length of each piece, so it answers too early and takes the rest for the next length."""
from talk import exactly, one_peer

peer = one_peer()
while length := peer.recv(10):
    if not length.isdigit():
        break
    body, got = b"", 0
    peer.sendall(b"recv_ready")
    while got < int(length):
        body += peer.recv(1000)
        got += len(body)
    peer.sendall(str(len(body)).encode())
    exactly(peer, 10)
    peer.sendall(body)
