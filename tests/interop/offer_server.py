"""Takes offers: name and size, the bytes, and digests: `how` says whose comes first."""
import hashlib
import socket
from talk import exactly, expect, how, one_peer

peer = one_peer()
while offer := peer.recv(1000):
    while True:
        # One that comes byte by byte has come when nothing more has for a while.
        peer.settimeout(0.3)
        try:
            more = peer.recv(1000)
        except socket.timeout:
            break
        if not more:
            break
        offer += more
    peer.settimeout(60)
    name, size = offer.decode().rsplit("/", 1)
    expect(name, "a b.bin")
    if how("", 1) == "refuses":
        peer.sendall(b"n")
        continue
    peer.sendall(b"y")
    content = exactly(peer, int(size))
    if how("", 1).startswith("spoilt"):
        content += b"!"
    digest = hashlib.md5(content).hexdigest().encode()
    if how("", 1).endswith("sender first"):
        theirs = exactly(peer, 32)
        if how("", 1).startswith("no word"):
            break
        peer.sendall(digest)
    else:
        peer.sendall(digest)
        theirs = exactly(peer, 32)
    expect(theirs, digest)
