"""Which client may still want which task: a task whose clients are all gone is released."""

import threading


class Leases:
    """Tasks by the clients that made them or attached to them.

    A client is a connection, as its server knows it; gRPC shares one connection among the channels of a process that
    have the same options.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._clients: dict[str, set[str]] = {}

    def take(self, task: str, client: str) -> None:
        """`client` has made `task`, or attached to it by name."""
        with self._lock:
            self._clients.setdefault(task, set()).add(client)

    def drop(self, task: str) -> None:
        """`task` is cleared."""
        with self._lock:
            self._clients.pop(task, None)

    def ended(self, client: str) -> tuple[str, ...]:
        """`client` is gone: the tasks that nobody can use any more, in the order in which they were made."""
        with self._lock:
            for clients in self._clients.values():
                clients.discard(client)
            orphans = tuple(task for task, clients in self._clients.items() if not clients)
            for task in orphans:
                del self._clients[task]
        return orphans

    def tasks(self) -> tuple[str, ...]:
        """Every task under a lease."""
        with self._lock:
            return tuple(self._clients)
