"""Codes of NI's as errors of the rig, against `nidaqmx.error_codes`; answers that cannot be."""

import pickle

import grpc
import pytest
from nidaqmx.error_codes import DAQmxErrors
from nidaqmx.errors import DaqError, DaqNotFoundError, DaqReadError, RpcError

from rig.ni.errors import (
    CardError,
    DaqGarbageError,
    DaqLostError,
    DaqMissingError,
    DaqOverflowError,
    DaqReservedError,
    DaqTimeoutError,
    DaqUnderflowError,
    of_code,
)
from rig.ni.tasks import told

CODES = {
    "SAMPLES_NO_LONGER_AVAILABLE": DaqOverflowError,
    "INPUT_FIFO_OVERFLOW_2": DaqOverflowError,
    "GEN_STOPPED_TO_PREVENT_REGEN_OF_OLD_SAMPLES": DaqUnderflowError,
    "OUTPUT_FIFO_UNDERFLOW_2": DaqUnderflowError,
    "SAMPLES_NOT_YET_AVAILABLE": DaqTimeoutError,
    "SAMPLES_CAN_NOT_YET_BE_WRITTEN": DaqTimeoutError,
    "PAL_RESOURCE_RESERVED": DaqReservedError,
    "DEV_CANNOT_BE_ACCESSED": DaqLostError,
    "DEVICE_REMOVED": DaqLostError,
    "INVALID_ATTRIBUTE_VALUE": CardError,
}


@pytest.mark.parametrize("name", CODES)
def test_a_code_of_nis_becomes_its_error(name):
    """By NI's own name of the code; code and NI's text are kept, and there is a mend where one is known."""
    code = DAQmxErrors[name].value
    with pytest.raises(CardError) as caught, told("card", 1.5):
        raise DaqError(f"NI says something.\n\nStatus Code: {code}", code)
    error = caught.value
    assert type(error) is CODES[name] and error.code == code and error.t_s == 1.5
    assert str(code) in str(error) and "NI says something." in str(error) and "\n" not in str(error)
    assert error.mend or type(error) is CardError
    again = pickle.loads(pickle.dumps(error))
    assert (type(again), again.code, str(again)) == (type(error), code, str(error))


OTHERS = {
    "a read that timed out": (DaqReadError("not yet", -200284, 76), DaqTimeoutError),
    "no driver": (DaqNotFoundError("Could not find"), DaqMissingError),
    "server gone": (RpcError(grpc.StatusCode.UNAVAILABLE, "Failed to connect"), DaqLostError),
    "no answer": (RpcError(grpc.StatusCode.DEADLINE_EXCEEDED, "Deadline Exceeded"), DaqTimeoutError),
    "answer not to be decoded": (RpcError(grpc.StatusCode.INTERNAL, "parsing"), DaqGarbageError),
    "answer too large": (RpcError(grpc.StatusCode.RESOURCE_EXHAUSTED, "4194304"), DaqGarbageError),
    "answer longer than asked": (AssertionError(), DaqGarbageError),
    "answer of another shape": (ValueError("could not broadcast"), DaqGarbageError),
}


@pytest.mark.parametrize("case", OTHERS)
def test_whatever_the_client_raises_is_typed(case):
    """Nothing of the client library or of gRPC gets out as it is."""
    raised, kind = OTHERS[case]
    with pytest.raises(kind), told("card"):
        raise raised


def test_an_unknown_code_is_still_told():
    """A code that nobody has foreseen keeps its number."""
    error = of_code(-299999, "Never seen.", "card")
    assert type(error) is CardError and error.code == -299999 and "(-299999)" in str(error)
