"""The library `gmqtt` makes and reads the packets that are echoed: those of PUBLISH, in both versions."""
from types import SimpleNamespace
from gmqtt import Message
from gmqtt.mqtt.constants import MQTTv50, MQTTv311
from gmqtt.mqtt.package import PublishPacket
from gmqtt.mqtt.protocol import MQTTProtocol
from talk import connected, expect

sock = connected()
got = []
reader = SimpleNamespace(_connection=SimpleNamespace(put_package=got.append))
for version in [MQTTv311, MQTTv50]:
    for payload in ["x", "", "y" * 120, "z" * 20000, "x" * 70000]:
        message = Message("a/topic", payload)
        _, packet = PublishPacket.build_package(message, SimpleNamespace(proto_ver=version))
        sock.sendall(packet)
        rest = b""
        while not got:
            rest += sock.recv(4096)
            rest = rest[MQTTProtocol._read_packet(reader, rest) :]
        echoed = got.pop()
        expect((echoed.cmd, rest), (0x30, b""))
        expect(packet.endswith(echoed.data) and len(packet) - len(echoed.data) < 6, True)
        expect(echoed.data[:9], b"\0\x07a/topic")
