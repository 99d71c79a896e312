"""Talks without any framing to the one peer it takes: what a read gives is what was said."""
from talk import one_peer

peer = one_peer()
while said := peer.recv(1024):
    peer.sendall(b"you said " + said)
