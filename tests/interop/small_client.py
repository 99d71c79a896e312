"""Uploads small files, each as one JSON message without a boundary; a word answers."""
import json
from talk import connected, exactly, expect, how

sock = connected()
for content in ["", "one line", 'Gr\u00fc\u00dfe, \u6587\u4ef6, "{[\\' * 1000]:
    message = {"opt": "upload", "filename": "letter.txt", "content": content}
    if how() == "unknown operation":
        message["opt"] = "remove"
    elif how() == "name that leads out":
        message["filename"] = "/tmp/letter.txt"
    elif how() == "no content":
        del message["content"]
    elif how() == "no object":
        message = [message]
    sock.sendall(json.dumps(message).encode())
    answer = exactly(sock, 2) if not how() else sock.recv(1000)
    if how():
        print(answer)
        break
    expect(answer, b"ok")
