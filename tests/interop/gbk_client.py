"""Talks in GBK, and once in what is no text at all; how that is answered stands on the command line."""
import sys
from talk import connected, exactly, expect

sock = connected()
for said in ["你好", "abc 北京"]:
    said = said.encode("gbk")
    sock.sendall(said)
    expect(exactly(sock, len(said)), said)
answer = sys.argv[2].encode().decode("unicode_escape").encode("latin-1")
sock.sendall(b"abc\xff!")
expect(exactly(sock, len(answer)), answer)
