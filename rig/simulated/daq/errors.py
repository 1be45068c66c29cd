"""Errors of the card: NI's code with NI's meaning, and a text that says what happened here."""

from typing import Final

OVERFLOW: Final = -200279
"""SAMPLES_NO_LONGER_AVAILABLE: the input buffer was full."""
ONBOARD_OVERFLOW: Final = -200361
"""INPUT_FIFO_OVERFLOW_2: the memory on the card was full."""
NOT_YET_AVAILABLE: Final = -200284
NEVER_AVAILABLE: Final = -200278
UNDERFLOW: Final = -200290
"""GEN_STOPPED_TO_PREVENT_REGEN_OF_OLD_SAMPLES."""
NOT_YET_WRITTEN: Final = -200292
NOT_SUPPORTED_VALUE: Final = -200077
NO_SUCH_CHANNEL: Final = -200170
NO_SUCH_DEVICE: Final = -200220
NO_SUCH_TASK: Final = -200088
DUPLICATE_TASK: Final = -200089
NOT_SUPPORTED_HERE: Final = -200452
"""ATTRIBUTE_NOT_SUPPORTED_IN_TASK_CONTEXT: also what the simulated card does not simulate; its text says so."""
OUTPUT_BUFFER_EMPTY: Final = -200462
NO_CHANNELS: Final = -200478
CHANNEL_COUNT: Final = -200524
BUFFER_AUTO_SIZED: Final = -200547
"""WRITE_FAILS_BUFFER_SIZE_AUTO_CONFIGURED."""
TASK_RUNNING: Final = -200557
NOT_DONE: Final = -200560
OUT_OF_RANGE: Final = -200561
RESERVED: Final = -50103
DEVICE_LOST: Final = -201003
"""DEV_CANNOT_BE_ACCESSED. That a real card gives this code when its cable is pulled is unverified; that its tasks are
aborted is documented (NI-DAQmx Key Concepts, "Aborting a Task")."""

TEXTS: Final = {
    OVERFLOW: "The application is not able to keep up with the hardware acquisition: the input buffer was full.",
    ONBOARD_OVERFLOW: "The memory on the card was full before its samples could be moved to the computer.",
    NOT_YET_AVAILABLE: "Some or all of the samples requested have not yet been acquired.",
    NEVER_AVAILABLE: "The samples requested will never be acquired: the acquisition has ended.",
    UNDERFLOW: "The generation has stopped to prevent the regeneration of old samples: no new ones were in the buffer.",
    NOT_YET_WRITTEN: "Some or all of the samples to write could not be written to the buffer yet.",
    NOT_SUPPORTED_VALUE: "Requested value is not a supported value for this property.",
    NO_SUCH_CHANNEL: "Physical channel specified does not exist on this device.",
    NO_SUCH_DEVICE: "Device identifier is invalid.",
    NO_SUCH_TASK: "Task specified is invalid or does not exist.",
    DUPLICATE_TASK: "Task name specified conflicts with an existing task name.",
    NOT_SUPPORTED_HERE: "Specified property or operation is not supported by this (simulated) device in this task.",
    OUTPUT_BUFFER_EMPTY: "The generation cannot be started: no samples were written to its buffer.",
    NO_CHANNELS: "The operation cannot be performed: the task has no channels.",
    CHANNEL_COUNT: "The number of channels of the data does not match that of the task.",
    BUFFER_AUTO_SIZED: "The write failed: the buffer got its size from the first write and cannot take more samples.",
    TASK_RUNNING: "The property cannot be set while the task is running.",
    NOT_DONE: "The task was not done within the time given.",
    OUT_OF_RANGE: "Attempted to write analogue data that is too large or too small.",
    RESERVED: "The specified resource is reserved.",
    DEVICE_LOST: "The device cannot be accessed: it is no longer present.",
}
"""Code -> its meaning in our words. Codes by name: nidaqmx.error_codes.DAQmxErrors."""


class DaqmxError(Exception):
    """A call to the card failed.

    Args:
        code: NI's, negative.
        detail: what happened here.
        read: samples a channel that were read before, of a read.
        written: samples a channel that were written before, of a write.
    """

    def __init__(self, code: int, detail: str = "", read: int | None = None, written: int | None = None) -> None:
        super().__init__(code, detail, read, written)
        self.code, self.detail, self.read, self.written = code, detail, read, written

    @property
    def text(self) -> str:
        """The meaning of the code, what happened here, and the code, as the driver tells it."""
        lines = [TEXTS.get(self.code, "The simulated card failed."), *([self.detail] if self.detail else [])]
        return "\n".join([*lines, f"\nStatus Code: {self.code}"])

    def __str__(self) -> str:
        return self.text


def not_simulated(what: str) -> DaqmxError:
    """The card has never heard of it: loud, so that nobody takes silence for an answer."""
    return DaqmxError(NOT_SUPPORTED_HERE, f"The simulated card does not simulate {what}.")
