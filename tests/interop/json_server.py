"""Echoes messages with a JSON header to the one peer it takes."""
import json
import struct
from talk import exactly, one_peer

peer = one_peer()
while header := exactly(peer, 4):
    (length,) = struct.unpack("<i", header)
    size = json.loads(exactly(peer, length))["data_size"]
    body = exactly(peer, size)
    answer = json.dumps({"data_size": size, "from": "python"}).encode()
    peer.sendall(struct.pack("<i", len(answer)) + answer)
    peer.sendall(body)
