"""Takes files: a framed JSON header, a word that says go ahead, the bytes of the file; answers nothing."""
import hashlib
import json
import struct
from talk import exactly, expect, how, one_peer

peer = one_peer()
while prefix := exactly(peer, 4):
    header = json.loads(exactly(peer, struct.unpack("<i", prefix)[0]))
    expect((header["opt"], header["filename"]), ("upload", "a b.bin"))
    if how("", 1) == "another word":
        peer.sendall(b"no, thanks")
        break
    if how("", 1) == "no word":
        break
    peer.sendall(b"ok")
    content = exactly(peer, header["filesize"])
    expect(len(content), header["filesize"])
    expect(hashlib.md5(content).hexdigest(), header["md5"])
