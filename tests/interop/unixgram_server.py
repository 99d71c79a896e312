"""Unix datagrams: answers whoever sent one, `how` times in all. A client without a name could not be."""
import os
import socket
import sys
import tempfile
from talk import expect, how

with tempfile.TemporaryDirectory() as folder:
    path = os.path.join(folder, "server")
    sock = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    sock.settimeout(60)
    sock.bind(path)
    print(path, flush=True)
    peers = set()
    for _ in range(int(how("", 1))):
        message, peer = sock.recvfrom(65536)
        if not peer:
            sys.exit(f"{message[:200]!r} came from a socket without a name")
        peers.add(peer)
        sock.sendto(message, peer)
    expect(len(peers), 3)
