"""Asks the one peer it takes for name and password, again after a refusal or when it is asked to."""
from talk import one_peer, until

peer = one_peer()
asked = b"auth\n"
while asked == b"auth\n":
    peer.sendall(b"name: \n")
    name = until(peer, b"\n")
    peer.sendall(b"password: \n")
    password = until(peer, b"\n")
    if (name, password) == (b"ali\n", b"open sesame\n"):
        peer.sendall(b"welcome\n")
        asked = until(peer, b"\n")
    else:
        peer.sendall(b"wrong, again\n")
