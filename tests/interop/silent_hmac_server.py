"""Challenges eight peers, one after the other, and says nothing of their answers: it ends the
connection of whoever is wrong, and waits for the others to go."""
import hashlib
import hmac
import os
import socket
from talk import exactly, expect

with socket.create_server(("127.0.0.1", 0)) as listener:
    print(listener.getsockname()[1], flush=True)
    for _ in range(8):
        peer, _ = listener.accept()
        with peer:
            challenge = os.urandom(32)
            peer.sendall(challenge)
            right = hmac.new(b"a shared key", challenge, hashlib.sha256).digest()
            if hmac.compare_digest(exactly(peer, 32), right):
                expect(peer.recv(1), b"")
