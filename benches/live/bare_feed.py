"""A bare feed: the same frame to every client by `os.write`, one at a time or many in one write, with nothing else to do."""

import os
import socket
import sys

from live.house import cores


def main() -> None:
    """Listen, wait for as many clients as the command line says, and write to them until one is gone."""
    clients, frame_bytes, batch = (int(word) for word in sys.argv[1:4])
    os.sched_setaffinity(0, {cores()[0]})
    with socket.create_server(("127.0.0.1", 0), backlog=clients) as server:
        print(server.getsockname()[1], flush=True)
        descriptors = []
        made = []
        for _ in range(clients):
            one, _address = server.accept()
            made.append(one)
            descriptors.append(one.fileno())
    data = (b'{"type":"trade"' + b"." * (frame_bytes - 15)) * batch
    write = os.write
    try:
        while True:
            for descriptor in descriptors:
                write(descriptor, data)
    except OSError:
        return


if __name__ == "__main__":
    main()
