"""Walks through directories: the one to begin in, then `cd NAME` and `..`, each answered by a listing."""
import sys
from talk import connected, expect, until

sock = connected()
for say, answer in [
    ("/", "a.txt--empty--name with spaces"),
    ("cd name with spaces", "b.txt"),
    ("cd b.txt", "no directory"),
    ("cd /etc", "no directory"),
    ("cd ../..", "no directory"),
    ("..", "a.txt--empty--name with spaces"),
    ("..", "no directory"),
    ("cd empty", "nothing"),
    ("cd ..", "a.txt--empty--name with spaces"),
    ("cd nowhere", "no directory"),
]:
    sock.sendall(say.encode() + b"\n")
    expect(until(sock, b"\n"), answer.encode() + b"\n")
