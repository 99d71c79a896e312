"""Lets its one peer walk through directories of its own, which it makes first."""
import os
import tempfile
from talk import one_peer, until

with tempfile.TemporaryDirectory() as place:
    os.makedirs(os.path.join(place, "empty"))
    os.makedirs(os.path.join(place, "name with spaces"))
    open(os.path.join(place, "name with spaces", "b.txt"), "w").close()
    peer = one_peer()
    until(peer, b"\n")
    at = [place]
    listing = lambda: "--".join(sorted(os.listdir(os.path.join(*at)))) or "nothing"
    peer.sendall(listing().encode() + b"\n")
    while line := until(peer, b"\n").decode().rstrip("\n"):
        if line in ("..", "cd .."):
            at = at[:-1] or at
        elif os.path.isdir(os.path.join(*at, line[3:])):
            at = at + [line[3:]]
        else:
            peer.sendall(b"no directory\n")
            continue
        peer.sendall(listing().encode() + b"\n")
