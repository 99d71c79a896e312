"""Takes commands in UTF-8 and answers in GBK; every fourth answer is UTF-8 with a mark before it."""
import struct
from talk import one_peer

peer = one_peer()
asked = 0
while command := peer.recv(1024):
    said = command.decode().split(" ", 1)[1]
    asked += 1
    answer = said.encode("gbk") if asked % 4 else b"\xef\xbb\xbf" + said.encode()
    peer.sendall(struct.pack("<i", len(answer)) + answer)
