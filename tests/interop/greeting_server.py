"""Greets the one peer it takes, then echoes its lines."""
from talk import one_peer, until

peer = one_peer()
peer.sendall(b"220 ready\n")
while line := until(peer, b"\n"):
    peer.sendall(line)
