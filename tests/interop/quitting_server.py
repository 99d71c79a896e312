"""Talks to four clients, one after the other; it answers each four times and then says `q` itself."""
import socket

with socket.create_server(("127.0.0.1", 0)) as listener:
    print(listener.getsockname()[1], flush=True)
    for _ in range(4):
        peer, _ = listener.accept()
        with peer:
            for _ in range(4):
                peer.sendall(peer.recv(1024))
            peer.recv(1024)
            peer.sendall(b"q")
