"""The library `websockets` as a client: the kind of its messages, `text` or `binary`, then the address."""
import sys
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect
from talk import expect

address = sys.argv[-1]
bodies = ["hällo €", "", "x" * 200, "0123456789" * 7000]
if sys.argv[1] == "binary":
    bodies = [body.encode() for body in bodies]
options = {"subprotocols": ["chat.v2"], "max_size": None}
with connect(f"ws://{address}/chat", **options) as socket:
    expect(socket.subprotocol, "chat.v2")
    for body in bodies:
        socket.send(body)
        expect(socket.recv(), body)
    # In fragments, with a ping between them.
    pieces = [bodies[2][:7], bodies[2][7:]]
    socket.send(pieces)
    socket.ping().wait(60)
    expect(socket.recv(), bodies[2])
try:
    connect(f"ws://{address}/elsewhere")
    sys.exit("another path was opened")
except InvalidStatus as refused:
    expect(refused.response.status_code, 404)
with connect(f"ws://{address}/chat", **options) as socket:
    socket.send(b"binary" if sys.argv[1] == "text" else "text")
    try:
        socket.recv()
        sys.exit("a frame of the other kind was taken")
    except ConnectionClosed as closed:
        expect(closed.rcvd.code, 1003)
