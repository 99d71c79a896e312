"""Echoes length-prefixed messages (`<i`) to the one peer it takes."""
import struct
from talk import exactly, one_peer

peer = one_peer()
while header := exactly(peer, 4):
    (length,) = struct.unpack("<i", header)
    peer.sendall(header)
    peer.sendall(exactly(peer, length))
