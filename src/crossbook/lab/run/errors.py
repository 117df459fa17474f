"""What can end a run before its time."""

from crossbook.core import CrossbookError
from crossbook.lab.config.units import written_clock


class AgentError(CrossbookError):
    """Say that a trader's own code raised: its author mends it. The traceback of that code is `trace`."""

    def __init__(self, agent: str, time_ns: int, trace: str, error: BaseException) -> None:
        super().__init__(f"{agent} raised {type(error).__name__} at {written_clock(time_ns)}: {error}")
        self.agent = agent
        self.time_ns = time_ns
        self.trace = trace
