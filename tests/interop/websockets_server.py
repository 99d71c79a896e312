"""The library `websockets` as a server: prints its port and echoes until it is ended."""
from http import HTTPStatus
from websockets.sync.server import serve


def echo(socket):
    for message in socket:
        socket.send(message)


def chosen(connection, request):
    if request.path != "/chat":
        return connection.respond(HTTPStatus.FORBIDDEN, "not here\n")


with serve(echo, "127.0.0.1", 0, subprotocols=["chat.v2"], process_request=chosen) as server:
    print(server.socket.getsockname()[1], flush=True)
    server.serve_forever()
