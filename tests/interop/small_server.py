"""Stores small files that come as JSON messages without a boundary; answers with a word."""
import json
from talk import how, one_peer

peer = one_peer()
got = b""
while piece := peer.recv(4096):
    got += piece
    try:
        message = json.loads(got)
    except ValueError:
        # Neither the object nor its last character need be whole yet.
        continue
    got = b""
    right = (message["opt"], message["filename"]) == ("upload", "letter.txt")
    right = right and message["content"].startswith("Gr\u00fc\u00dfe")
    peer.sendall(how("", 1).encode() or (b"ok" if right else b"wrong"))
