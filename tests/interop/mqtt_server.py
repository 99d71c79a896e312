"""The library `gmqtt` reads packets and makes the lengths of those that answer, for one peer."""
from types import SimpleNamespace
from gmqtt.mqtt.protocol import MQTTProtocol
from gmqtt.mqtt.utils import pack_variable_byte_integer
from talk import expect, one_peer

peer = one_peer()
got, rest = [], b""
reader = SimpleNamespace(_connection=SimpleNamespace(put_package=got.append))
while piece := peer.recv(4096):
    rest += piece
    rest = rest[MQTTProtocol._read_packet(reader, rest) :]
    for packet in got:
        expect(packet.cmd, 0x30)
        length = pack_variable_byte_integer(len(packet.data))
        peer.sendall(bytes([packet.cmd]) + bytes(length) + packet.data)
    got.clear()
