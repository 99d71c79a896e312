"""Talks to one client after the other until it is killed; a `q` ends a talk without a word."""
import socket

with socket.create_server(("127.0.0.1", 0)) as listener:
    print(listener.getsockname()[1], flush=True)
    while True:
        peer, _ = listener.accept()
        with peer:
            while (said := peer.recv(1024)) not in (b"", b"q", b"Q"):
                peer.sendall(said)
