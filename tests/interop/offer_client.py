"""Offers files, each on a connection of its own: name and size, the bytes, and digests.

`how` says whose digest comes first.
"""
import hashlib
from talk import connected, exactly, expect, how

for content in [b"", b"x", bytes(range(256)) * 300]:
    digest = hashlib.md5(content).hexdigest().encode()
    spoilt = content[:-1] + b"!" if how().startswith("spoilt") else content
    name = "../a b.bin" if how() == "name that leads out" else "a b.bin"
    if how().startswith(("spoilt", "gone")) and not content:
        continue
    sock = connected()
    sock.sendall(f"{name}/{len(content)}".encode())
    word = exactly(sock, 1)
    if how() == "name that leads out":
        expect(word, b"n")
        break
    expect(word, b"y")
    for at in range(0, len(content), 1500):
        sock.sendall(spoilt[at : at + 1500])
    if how() == "gone before the digest":
        break
    if how().endswith("sender first"):
        # The receiver compares, and sends its own digest back.
        sock.sendall(digest)
        if how() == "gone, sender first":
            break
        expect(exactly(sock, 32) == digest, not how().startswith("spoilt"))
    else:
        # The receiver sends its digest, and hears that of the sender.
        theirs = exactly(sock, 32)
        expect(theirs == digest, not how().startswith("spoilt"))
        if how() == "gone, receiver first":
            break
        sock.sendall(digest)
    sock.close()
