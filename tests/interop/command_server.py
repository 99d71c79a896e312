"""Runs what it is asked to, as one unframed read, and answers with the length (`<i`) before it."""
import struct
from talk import one_peer

peer = one_peer()
while command := peer.recv(1024):
    words = command.decode().split()
    answer = " ".join(words[1:]).upper().encode()
    peer.sendall(struct.pack("<i", len(answer)) + answer)
